-- What a sweep of the store asks.

-- The name of this log: a folder of content remembers which logs speak for what is in it.
create table log_name (
  name uuid not null default gen_random_uuid()
);
insert into log_name default values;

-- No step's result is one of these contents.
create function guard_unheld(a json) returns boolean language sql as $$
  select not exists (
    select 1 from json_array_elements_text(a -> 'cids') c
    join execution e on e.output = c where e.kind = 'step')
$$;
