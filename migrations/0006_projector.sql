-- Counts on as long as the process that folds the views is alive: so others notice when it is not.
create sequence projector_beat;
