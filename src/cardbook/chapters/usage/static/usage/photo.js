// A new photo under the frame of the rule, and what can be measured of it, before it is sent (Art. 25).
// Only a help for the eye: the server judges format, size and colour, the clerk everything else.
(function () {
  "use strict";

  var WIDEST = 240; // so many pixels are enough to measure a ground
  var TOP = 0.12, SIDE = 0.1, DOWN = 0.45; // above the head and beside it, never the shoulders

  function pixels(image) {
    var width = Math.min(WIDEST, image.naturalWidth);
    var height = Math.round(image.naturalHeight * width / image.naturalWidth);
    var canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    var pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(image, 0, 0, width, height);
    return { data: pen.getImageData(0, 0, width, height).data, width: width, height: height };
  }

  function isGround(x, y, size) {
    if (y < TOP * size.height) return true;
    return y < DOWN * size.height && (x < SIDE * size.width || x >= (1 - SIDE) * size.width);
  }

  function measure(image, light) {
    var size = pixels(image), data = size.data, found = { ground: 0, white: 0, sum: 0, square: 0, coloured: 0 };
    for (var y = 0; y < size.height; y += 1) {
      for (var x = 0; x < size.width; x += 1) {
        var at = (y * size.width + x) * 4, red = data[at], green = data[at + 1], blue = data[at + 2];
        var least = Math.min(red, green, blue);
        if (Math.max(red, green, blue) - least > 16) found.coloured += 1;
        if (!isGround(x, y, size)) continue;
        var grey = 0.299 * red + 0.587 * green + 0.114 * blue;
        found.ground += 1;
        found.sum += grey;
        found.square += grey * grey;
        if (least >= light) found.white += 1;
      }
    }
    var mean = found.sum / found.ground;
    return {
      white: Math.floor(100 * found.white / found.ground),
      spread: Math.round(Math.sqrt(Math.max(0, found.square / found.ground - mean * mean))),
      coloured: 100 * found.coloured / (size.width * size.height),
    };
  }

  function line(list, good, words) {
    var item = document.createElement("li");
    item.textContent = (good ? "" : "请注意：") + words;
    item.classList.toggle("ap-late", !good);
    list.append(item);
  }

  function say(list, rule, image, kilobytes) {
    var found = measure(image, Number(rule.light));
    var wide = image.naturalWidth, high = image.naturalHeight;
    line(list, wide >= Number(rule.width) && high >= Number(rule.height),
      wide + "×" + high + " 像素（不小于 " + rule.width + "×" + rule.height + "）");
    line(list, kilobytes >= Number(rule.least) && kilobytes <= Number(rule.most),
      kilobytes + " KB（" + rule.least + " 至 " + rule.most + " KB）");
    line(list, found.coloured >= 1, found.coloured >= 1 ? "彩色" : "几乎没有颜色，像黑白照片");
    line(list, found.white >= Number(rule.white),
      "背景白色 " + found.white + "%（至少 " + rule.white + "%）");
    line(list, found.spread <= Number(rule.spread),
      "背景明暗相差 " + found.spread + " 级（至多 " + rule.spread + " 级）");
  }

  function show(field) {
    var box = field.parentElement, shown = box.querySelector("[data-photo-shown]"), file = field.files[0];
    var list = shown.querySelector("[data-photo-measured]"), image = shown.querySelector("img");
    var tick = box.querySelector("[data-photo-tick]"), rule = field.dataset;
    tick.hidden = shown.hidden = !file;
    tick.querySelector("input").checked = false;
    list.textContent = "";
    if (image.src) URL.revokeObjectURL(image.src);
    if (!file) return image.removeAttribute("src");
    var frame = shown.querySelector("[data-photo-frame]").style;
    frame.top = rule.top + "%";
    frame.height = rule.head + "%";
    image.onload = function () { say(list, rule, image, Math.round(file.size / 1024)); };
    image.onerror = function () { line(list, false, "打不开这张照片，请另存为 JPG 后重选"); };
    image.src = URL.createObjectURL(file);
  }

  function fold() {
    document.querySelectorAll("input[data-photo]").forEach(function (field) {
      if (!field.files.length) field.parentElement.querySelector("[data-photo-tick]").hidden = true;
    });
  }

  document.addEventListener("change", function (event) {
    if (event.target.matches && event.target.matches("input[data-photo]")) show(event.target);
  });
  document.addEventListener("DOMContentLoaded", fold);
  document.addEventListener("htmx:afterSettle", fold);
})();
