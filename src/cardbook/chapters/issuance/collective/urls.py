"""Addresses of collective pick-up; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.issuance.collective import list_pages, own_pages, pages, sheet_pages

urlpatterns = [
    path("bundles/", list_pages.bundle_list, name="bundle.list"),
    path("bundles/new/", pages.start, name="bundle.hand_out"),
    path("bundles/<int:bundle_id>/", pages.show, name="bundle.show"),
    path("bundles/<int:bundle_id>/add/", pages.add, name="bundle.add"),
    path("bundles/<int:bundle_id>/remove/", pages.remove, name="bundle.remove"),
    path("bundles/<int:bundle_id>/hand-out/", pages.hand_out, name="bundle.go"),
    path("bundles/<int:bundle_id>/sheet.pdf", pages.sheet_pdf, name="bundle.sheet"),
    path("bundles/<int:bundle_id>/notice.pdf", pages.notice, name="bundle.notice"),
    path("bundles/<int:bundle_id>/sheet.xlsx", sheet_pages.workbook, name="bundle.workbook"),
    path("bundles/<int:bundle_id>/setting/", pages.setting, name="bundle.setting"),
    path("bundles/<int:bundle_id>/tick/", sheet_pages.tick, name="bundle.tick"),
    path("bundles/<int:bundle_id>/take/", sheet_pages.take, name="bundle.take"),
    path("bundles/<int:bundle_id>/pages/", sheet_pages.pages, name="bundle.pages"),
    path(
        "bundles/<int:bundle_id>/pages/<slug:digest>/", sheet_pages.page_image, name="bundle.page"
    ),
    path("bundles/<int:bundle_id>/collector/", sheet_pages.photo, name="bundle.photo"),
    path("bundles/<int:bundle_id>/file/", sheet_pages.file_it, name="bundle.file"),
    path("bundles/<int:bundle_id>/send-back/", sheet_pages.send_back, name="bundle.send_back"),
    path("bundles/<int:bundle_id>/rows/<int:row>/", sheet_pages.row, name="bundle.row"),
    path("bundles/<int:bundle_id>/rows/<int:row>/undo/", sheet_pages.undo, name="bundle.undo"),
    path("own-sheets/", own_pages.own_list, name="sheet.mine"),
    path("own-sheets/<int:bundle_id>/", own_pages.own_sheet, name="sheet.own"),
    path("own-sheets/<int:bundle_id>/tick/", own_pages.tick, name="sheet.tick"),
    path("own-sheets/<int:bundle_id>/rows/<int:row>/", own_pages.row, name="sheet.row"),
    path("own-sheets/<int:bundle_id>/pages/", own_pages.pages, name="sheet.pages"),
    path("own-sheets/<int:bundle_id>/copy.pdf", own_pages.sheet_pdf, name="sheet.copy"),
    path("own-sheets/<int:bundle_id>/report/", own_pages.report, name="sheet.report"),
    path(
        "own-sheets/<int:bundle_id>/pages/<slug:digest>/", own_pages.page_image, name="sheet.page"
    ),
]
