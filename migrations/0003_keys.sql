-- The key of each person's text, wrapped under the node's master key. Erasing a row's key erases
-- the text everywhere, while every leaf of the log still verifies.
create table subject_key (
  subject text primary key,
  wrapped bytea,                       -- null once erased
  created timestamptz not null default now(),
  erased  timestamptz
);
