-- Who may come in. Only hashes: what is stolen from here opens nothing.

create table login_code (
  hash    bytea primary key,
  expires timestamptz not null
);

create table session (
  hash    bytea primary key,
  owner   text        not null,
  created timestamptz not null default now(),
  expires timestamptz not null
);
