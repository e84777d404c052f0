"""The flow under fire: hostile files, races, crashes, full disks; tests named by their rows."""
