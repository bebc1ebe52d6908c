-- The log: one table of facts, in commit order, never updated, never deleted.

create table event (
  position  bigint      primary key,     -- gapless, in commit order; Merkle leaf index + 1
  stream    text        not null,
  version   bigint      not null,        -- gapless within its stream, from 1
  kind      text        not null,
  schema    smallint    not null,
  data      text        not null,        -- canonical JSON, exactly the bytes that were hashed
  meta      text        not null,        -- canonical JSON
  event_id  uuid        not null unique, -- made by the client: the key of a retry
  at        timestamptz not null,        -- set under the lock, never runs backwards
  leaf      bytea       not null check (octet_length(leaf) = 32),
  unique (stream, version),
  check (position > 0 and version > 0)
);

create table event_tag (
  tag      text   not null,
  position bigint not null,
  primary key (tag, position)
);

create function event_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the log is append-only: % refused', tg_op;
end $$;
create trigger append_only before update or delete or truncate on event
  for each statement execute function event_is_append_only();
create trigger append_only before update or delete or truncate on event_tag
  for each statement execute function event_is_append_only();

-- One writer at a time in the whole cluster; it makes positions gapless and conditions exact.
create function log_lock() returns void language sql as
$$ select pg_advisory_xact_lock(7164210945) $$;

-- Microseconds since 1970 UTC.
create function log_micros(at timestamptz) returns bigint language sql immutable strict parallel safe as
$$ select (extract(epoch from at - timestamptz 'epoch') * 1000000)::bigint $$;

-- The leaf of l1.events.tree.leaf_hash.
create function log_leaf("position" bigint, version bigint, at timestamptz, body bytea)
returns bytea language sql immutable strict parallel safe as $$
  select sha256('\x00'::bytea
    || '\x00000008'::bytea || int8send("position")
    || '\x00000008'::bytea || int8send(version)
    || '\x00000008'::bytea || int8send(log_micros(at))
    || '\x00000020'::bytea || body)
$$;

-- Append one fact without conditions: the scalar path, for a writer that is alone. Answers the
-- position. Fails when the event id is known: log_append tells where. Few and plain statements,
-- since each costs as much as the index look-up that it makes.
create function log_append_one(
  p_id uuid, p_stream text, p_kind text, p_schema smallint, p_data text, p_meta text,
  p_body bytea, p_tags text[]
) returns bigint language plpgsql as $$
#variable_conflict use_column
declare
  v_void text := log_lock();
  v_position bigint;
  v_version bigint;
  v_at timestamptz;
begin
  select position + 1, at,
    coalesce((select max(version) from event where stream = p_stream), 0) + 1
  into v_position, v_at, v_version from event order by position desc limit 1;
  if not found then
    v_position := 1;
    v_version := 1;
  end if;
  v_at := greatest(clock_timestamp(), v_at);
  insert into event values (v_position, p_stream, v_version, p_kind, p_schema, p_data, p_meta, p_id,
    v_at, log_leaf(v_position, v_version, v_at, p_body));
  insert into event_tag select unnest(p_tags), v_position;
  if work_concerns(p_kind, p_data) then perform work_apply(p_kind, p_data, v_at); end if;
  v_void := pg_notify('l1_log', v_position::text);
  return v_position;
end $$;

-- Append the facts of many commands, each whole or not at all, in order.
--
-- c_check holds for each command null or {"conditions": [...], "guard": {"name", "args"}}; a
-- condition is {"stream", "version"} (the stream is at that version) or {"tags", "kinds", "after"}
-- (no fact of these kinds with one of these tags stands after that position). A guard is a
-- function guard_<name>(json) that answers whether the command may go on; it alone may touch
-- working state before the facts do, and only when it answers true.
-- Outcomes: appended, known (same event id before), stale (a condition failed), barred (a guard).
create function log_append(
  c_check text[],
  e_command int[], e_id uuid[], e_stream text[], e_kind text[], e_schema smallint[],
  e_data text[], e_meta text[], e_body bytea[],
  t_event int[], t_tag text[]
) returns table (outcome text, first_position bigint, last_position bigint, detail text)
language plpgsql as $$
#variable_conflict use_column
declare
  n int := cardinality(c_check);
  v_head bigint;
  v_at timestamptz;
  v_outcome text[] := array_fill('appended'::text, array[n]);
  v_detail text[] := array_fill(''::text, array[n]);
  v_first bigint[] := array_fill(null::bigint, array[n]);
  v_last bigint[] := array_fill(null::bigint, array[n]);
  v_pending int[] := '{}';
  v_known record;
  v_check json;
  v_condition json;
  v_event int := 1;
  v_events int := cardinality(e_id);
  v_ok boolean;
  v_next bigint;
begin
  perform log_lock();
  select position, at into v_head, v_at from event order by position desc limit 1;
  v_head := coalesce(v_head, 0);
  v_next := v_head;
  v_at := greatest(clock_timestamp(), v_at);

  for v_known in
    select e.command, min(k.position) first, max(k.position) last
    from unnest(e_command, e_id) as e(command, id) join event k on k.event_id = e.id
    group by e.command
  loop
    v_outcome[v_known.command] := 'known';
    v_first[v_known.command] := v_known.first;
    v_last[v_known.command] := v_known.last;
  end loop;

  if not found and cardinality(array_remove(c_check, null)) = 0 then
    perform log_insert_all(v_head, v_at, e_id, e_stream, e_kind, e_schema, e_data, e_meta, e_body,
      t_event, t_tag);
    return query
      select 'appended', v_head + min(e.i), v_head + max(e.i), ''
      from unnest(e_command) with ordinality as e(command, i) group by command order by command;
    return;
  end if;

  for c in 1 .. n loop
    if v_outcome[c] = 'known' then
      while v_event <= v_events and e_command[v_event] = c loop v_event := v_event + 1; end loop;
      continue;
    end if;
    if c_check[c] is not null then
      v_check := c_check[c]::json;
      if v_check -> 'conditions' is not null then
        if cardinality(v_pending) > 0 then  -- a condition must see the commands before it
          perform log_insert(v_pending, v_head, v_at, e_command, e_id, e_stream, e_kind,
            e_schema, e_data, e_meta, e_body, t_event, t_tag);
          v_head := v_next;
          v_pending := '{}';
        end if;
        for v_condition in select json_array_elements(v_check -> 'conditions') loop
          if not log_holds(v_condition) then
            v_outcome[c] := 'stale';
            v_detail[c] := v_condition::text;
            exit;
          end if;
        end loop;
      end if;
      if v_outcome[c] = 'appended' and v_check -> 'guard' is not null then
        execute format('select %I($1)', 'guard_' || (v_check -> 'guard' ->> 'name'))
          into v_ok using v_check -> 'guard' -> 'args';
        if not coalesce(v_ok, false) then
          v_outcome[c] := 'barred';
          v_detail[c] := v_check -> 'guard' ->> 'name';
        end if;
      end if;
    end if;
    if v_outcome[c] = 'appended' then
      v_pending := v_pending || c;
      v_first[c] := v_next + 1;
    end if;
    while v_event <= v_events and e_command[v_event] = c loop
      if v_outcome[c] = 'appended' then
        if work_concerns(e_kind[v_event], e_data[v_event]) then
          perform work_apply(e_kind[v_event], e_data[v_event], v_at);
        end if;
        v_next := v_next + 1;
        v_last[c] := v_next;
      end if;
      v_event := v_event + 1;
    end loop;
  end loop;
  if cardinality(v_pending) > 0 then
    perform log_insert(v_pending, v_head, v_at, e_command, e_id, e_stream, e_kind, e_schema,
      e_data, e_meta, e_body, t_event, t_tag);
  end if;
  if exists (select 1 from unnest(v_outcome) o where o = 'appended') then
    perform pg_notify('l1_log', v_next::text);  -- also when the last command was refused
  end if;

  return query
    select * from unnest(v_outcome, v_first, v_last, v_detail);
end $$;

-- Whether one condition of log_append holds now.
create function log_holds(condition json) returns boolean language plpgsql as $$
#variable_conflict use_column
begin
  if condition -> 'stream' is not null then
    return coalesce((select max(version) from event where stream = condition ->> 'stream'), 0)
      = (condition ->> 'version')::bigint;
  end if;
  return not exists (
    select 1
    from json_array_elements_text(condition -> 'tags') as wanted(tag)
    join event_tag t on t.tag = wanted.tag and t.position > (condition ->> 'after')::bigint
    join event e on e.position = t.position
    where e.kind in (select json_array_elements_text(condition -> 'kinds')));
end $$;

-- Insert the facts of the chosen commands behind `head`.
create function log_insert(
  chosen int[], head bigint, p_at timestamptz,
  e_command int[], e_id uuid[], e_stream text[], e_kind text[], e_schema smallint[],
  e_data text[], e_meta text[], e_body bytea[], t_event int[], t_tag text[]
) returns void language plpgsql as $$
#variable_conflict use_column
begin
  with ranked as (
    select e.*, head + row_number() over (order by e.i) as position,
      row_number() over (partition by e.stream order by e.i) as k
    from unnest(e_command, e_id, e_stream, e_kind, e_schema, e_data, e_meta, e_body)
      with ordinality as e(command, id, stream, kind, schema, data, meta, body, i)
    where e.command = any(chosen)
  ), placed as (
    select r.*, k + coalesce((select max(o.version) from event o where o.stream = r.stream), 0) as version
    from ranked r
  ), written as (
    insert into event
    select position, stream, version, kind, schema, data, meta, id, p_at,
      log_leaf(position, version, p_at, body)
    from placed order by position
    returning position, event_id
  )
  insert into event_tag
  select t.tag, w.position
  from unnest(t_event, t_tag) as t(event, tag) join written w on w.event_id = e_id[t.event];
end $$;

-- Insert all these facts behind `head`, as most batches are: no command of theirs can be refused.
create function log_insert_all(
  head bigint, p_at timestamptz,
  e_id uuid[], e_stream text[], e_kind text[], e_schema smallint[],
  e_data text[], e_meta text[], e_body bytea[], t_event int[], t_tag text[]
) returns void language plpgsql as $$
declare
  v_kind text;
  v_data text;
begin
  for v_kind, v_data in
    select e.kind, e.data from unnest(e_kind, e_data) with ordinality as e(kind, data, i)
    where work_concerns(e.kind, e.data) order by e.i
  loop
    perform work_apply(v_kind, v_data, p_at);
  end loop;
  insert into event
  select head + e.i, e.stream, e.version, e.kind, e.schema, e.data, e.meta, e.id, p_at,
    log_leaf(head + e.i, e.version, p_at, e.body)
  from (
    select e.*, row_number() over (partition by e.stream order by e.i)
      + coalesce((select max(o.version) from event o where o.stream = e.stream), 0) as version
    from unnest(e_id, e_stream, e_kind, e_schema, e_data, e_meta, e_body)
      with ordinality as e(id, stream, kind, schema, data, meta, body, i)
  ) e order by e.i;
  insert into event_tag
  select t.tag, head + t.event from unnest(t_event, t_tag) as t(event, tag);
  perform pg_notify('l1_log', (head + cardinality(e_id))::text);
end $$;
