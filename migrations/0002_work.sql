-- The work: every unit of work is one row of `execution`. All of it but the leases is a fold of the
-- log: work_apply runs for each fact, inside the transaction that appends it.

create table execution (
  key      text primary key,              -- a step's cache key; 'probe:..', 'plan:..', 'part:..' ...
  kind     text not null check (kind in ('probe', 'plan', 'step', 'part', 'segment', 'finish')),
  queue    text not null,                 -- the resource class: cpu, io, llm
  level    int  not null,                 -- groups and prioritises, is no barrier
  spec     text not null,                 -- JSON: what to do
  since    timestamptz not null,          -- when it was first wanted: the order within a level
  state    text not null check (state in ('waiting', 'ready', 'done', 'failed', 'dropped')),
  pending  int  not null default 0,       -- inputs that are not done
  output   text not null default '',      -- the CID it gave, or looked into
  failures int  not null default 0,
  losses   int  not null default 0,       -- leases that ran out
  due      timestamptz not null default '-infinity'  -- back-off: not before
);
create index execution_ready on execution (queue, level, since, key) where state = 'ready';
create index execution_output on execution (output) where output <> '';
create index execution_track on execution (split_part(key, ':', 1))
  where kind = 'segment' and strpos(key, ':') > 0;

-- The header that a piece goes with, told without parsing what is known of it.
create function work_header(p_spec text) returns text language sql immutable as
$$ select substring(p_spec from '"header":"([^"]*)"') $$;

create index execution_header on execution (work_header(spec))
  where kind = 'segment' and work_header(spec) <> '';

create table execution_input (
  key       text not null,
  input_key text not null,
  lost      boolean not null default false,  -- it was done, and counted, before it was lost
  primary key (key, input_key)
);
create index execution_input_of on execution_input (input_key);

-- What a live run needs. The rows go when the run ends.
create table run_work (
  run_id text not null,
  key    text not null,
  state  text not null check (state in ('open', 'done', 'failed', 'blocked')),
  primary key (run_id, key)
);
create index run_work_key on run_work (key);
create index run_work_open on run_work (run_id) where state = 'open';

-- Who works on what right now. Not in the log, not rebuilt.
create table lease (
  key       text primary key,
  token     uuid        not null unique,
  worker    text        not null,
  started   timestamptz not null,
  until     timestamptz not null,
  cancelled boolean     not null default false
);

-- Who writes to an execution and to its lease locks the execution first, or two such deadlock.

-- Tell idle workers that a queue has work.
create function work_wake(p_queue text) returns void language sql as
$$ select pg_notify('l1_work', p_queue) $$;

create function work_backoff(failures int) returns interval language sql immutable as
$$ select make_interval(secs => least(60, power(2, failures - 1))) $$;

-- Want an execution: new, or again after it was dropped or failed. Inputs must be wanted before.
create function work_want(
  p_key text, p_kind text, p_queue text, p_level int, p_spec text, p_inputs text[],
  p_retry boolean, p_at timestamptz
) returns void language plpgsql as $$
declare
  v_pending int;
begin
  insert into execution_input as o select distinct p_key, i from unnest(p_inputs) i
    on conflict (key, input_key) do update set lost = false
    where o.lost and (select state in ('dropped', 'failed') from execution where key = p_key);
  select count(distinct i) into v_pending
    from unnest(p_inputs) i join execution e on e.key = i where e.state <> 'done';
  insert into execution as e (key, kind, queue, level, spec, since, state, pending)
  values (p_key, p_kind, p_queue, p_level, p_spec, p_at,
    case v_pending when 0 then 'ready' else 'waiting' end, v_pending)
  on conflict (key) do update set
    state = excluded.state, pending = excluded.pending, since = excluded.since,
    level = excluded.level, spec = excluded.spec, failures = 0, losses = 0, due = '-infinity',
    output = ''
  where e.state = 'dropped' or (e.state = 'failed' and (p_retry or e.losses < 20));
  if strpos(p_spec, '"streamed":true') > 0 then  -- somebody wants to watch what is wanted already
    update execution set spec = p_spec where key = p_key and state in ('ready', 'waiting')
      and strpos(spec, '"split":') = 0;
  end if;
  if v_pending = 0 then perform work_wake(p_queue); end if;
end $$;

-- A run needs an execution.
create function work_need(p_run text, p_key text) returns void language sql as $$
  insert into run_work
  select p_run, p_key, case e.state when 'done' then 'done' when 'failed' then 'failed' else 'open' end
  from execution e where e.key = p_key
  on conflict do nothing
$$;

-- Descendants of failed work can never start in this run.
create function work_block(p_run text) returns void language sql as $$
  with recursive stuck(key) as (
    select key from run_work where run_id = p_run and state = 'failed'
    union
    select i.key from stuck s join execution_input i on i.input_key = s.key
      join run_work r on r.run_id = p_run and r.key = i.key
  )
  update run_work r set state = 'blocked' from stuck s
  where r.run_id = p_run and r.key = s.key and r.state = 'open'
$$;

-- A run needs each step of a page. A page is long: nothing here parses it for every step.
create function work_need_steps(d json) returns void language plpgsql as $$
declare
  v_run text := d ->> 'run_id';
begin
  insert into run_work
  select v_run, e.key, case e.state when 'done' then 'done' when 'failed' then 'failed' else 'open' end
  from json_to_recordset(d -> 'steps') as s(key text) join execution e on e.key = s.key
  on conflict do nothing;
end $$;

-- Want each step of a page, in its order, and need it.
create function work_want_steps(d json, p_at timestamptz) returns void language plpgsql as $$
declare
  v_retry boolean := coalesce((d ->> 'retry')::boolean, false);
  s record;
begin
  for s in
    select * from json_to_recordset(d -> 'steps')
      as s(key text, queue text, level int, spec json, inputs text[])
  loop
    perform work_want(s.key, 'step', s.queue, s.level, s.spec::text, s.inputs, v_retry, p_at);
  end loop;
  perform work_need_steps(d);
end $$;

-- When nothing of a run can still move, want its finish.
create function work_settle(p_run text, p_at timestamptz) returns void language plpgsql as $$
begin
  if not exists (select 1 from run_work where run_id = p_run and state = 'open') then
    perform work_want('finish:' || p_run, 'finish', 'io', 0,
      json_build_object('run_id', p_run)::text, '{}', false, p_at);
  end if;
end $$;

create function work_done(p_key text, p_output text, p_at timestamptz) returns void language plpgsql as $$
declare
  v_run text;
  v_queue text;
begin
  delete from lease where key = p_key;
  update execution set state = 'done', output = p_output, pending = 0, failures = 0, losses = 0,
    due = '-infinity' where key = p_key;
  for v_queue in
    with moved as (
      update execution e set pending = e.pending - 1,
        state = case e.pending when 1 then 'ready' else e.state end
      from execution_input i
      where i.input_key = p_key and not i.lost and e.key = i.key and e.state = 'waiting'
      returning e.queue, e.pending
    )
    select distinct queue from moved where pending = 0
  loop
    perform work_wake(v_queue);
  end loop;
  for v_run in
    update run_work set state = 'done' where key = p_key and state <> 'done' returning run_id
  loop
    perform work_settle(v_run, p_at);
  end loop;
end $$;

-- The step that a part belongs to: 'part:<key of the step>:<position>:<number>'.
create function work_whole(p_part text) returns text language sql immutable as
$$ select split_part(p_part, ':', 2) $$;

-- A step's parts are no longer wanted: it is done, or given up, or nobody needs it.
create function work_drop_parts(p_key text) returns void language plpgsql as $$
begin
  if not exists (select 1 from execution_input where key = p_key and input_key like 'part:%') then
    return;
  end if;
  perform 1 from execution e join execution_input i on i.input_key = e.key
    where i.key = p_key and e.kind = 'part' for update of e;
  update lease l set cancelled = true from execution_input i
    where i.key = p_key and i.input_key like 'part:%' and l.key = i.input_key;
  delete from execution e using execution_input i
    where i.key = p_key and e.key = i.input_key and e.kind = 'part';
  delete from execution_input where key = p_key and input_key like 'part:%';
  update execution set spec = (spec::jsonb - 'split')::text where key = p_key;
end $$;

-- A step is rendered in parts: it waits for them, and then joins what they made.
create function work_split(d json, p_at timestamptz) returns void language plpgsql as $$
declare
  v_key text := d ->> 'key';
  v_parts int := json_array_length(d -> 'parts');
begin
  if v_parts = 0 then return; end if;  -- all is there: who found it so goes on
  perform work_drop_parts(v_key);
  if not exists (select 1 from execution where key = v_key and state = 'ready') then return; end if;
  insert into execution (key, kind, queue, level, spec, since, state)
    select p ->> 'key', 'part', e.queue, e.level, p::text, e.since, 'ready'
    from json_array_elements(d -> 'parts') p join execution e on e.key = v_key
    on conflict do nothing;
  insert into execution_input
    select v_key, p ->> 'key' from json_array_elements(d -> 'parts') p on conflict do nothing;
  update execution set state = 'waiting', pending = v_parts,
    spec = (spec::jsonb || jsonb_build_object('split', d::jsonb - 'parts'))::text
    where key = v_key;
  perform work_wake(queue) from execution where key = v_key;
end $$;

-- Pieces of a step are there, and can be used by others too.
create function work_pieces(d json, p_at timestamptz) returns void language plpgsql as $$
begin
  insert into execution as e (key, kind, queue, level, spec, since, state, output)
    select s ->> 'key', 'segment', '', 0, s::text, p_at, 'done', s ->> 'output'
    from json_array_elements(d -> 'segments') s
    on conflict (key) do update
      set output = excluded.output, spec = excluded.spec, since = excluded.since;
  if coalesce((d ->> 'done')::boolean, false) then
    perform work_done(d ->> 'part', '', p_at);
  end if;
end $$;

-- An attempt ended without a result: try again later, or never. A part that is given up takes its
-- step along, and its quarantine too; one that has been let go of meanwhile matters to nobody.
create function work_failed(p_key text, p_lost boolean, p_final boolean, p_at timestamptz)
returns void language plpgsql as $$
declare
  v_run text;
  v_losses int;
begin
  delete from lease where key = p_key;
  if p_lost and not p_final then perform work_wake(queue) from execution where key = p_key; end if;
  update execution set
    failures = failures + (not p_lost)::int,
    losses = losses + p_lost::int,
    state = case when p_final then 'failed' else state end,
    due = case when p_lost then due else p_at + work_backoff(failures + 1) end
  where key = p_key and state in ('ready', 'waiting') returning losses into v_losses;
  if p_final and p_key like 'part:%' then
    if v_losses is not null then
      update execution set losses = v_losses - p_lost::int where key = work_whole(p_key);
      perform work_failed(work_whole(p_key), p_lost, true, p_at);
    end if;
  elsif p_final then
    for v_run in
      update run_work set state = 'failed' where key = p_key and state = 'open' returning run_id
    loop
      perform work_block(v_run);
      perform work_settle(v_run, p_at);
    end loop;
    perform work_drop_parts(p_key);
  end if;
end $$;

-- A run is over: let go of what nobody else needs.
create function work_end_run(p_run text) returns void language plpgsql as $$
declare
  v_dropped text[];
begin
  with gone as (
    delete from run_work where run_id = p_run returning key
  ), unneeded as (
    select g.key from gone g
    where not exists (select 1 from run_work r where r.key = g.key and r.run_id <> p_run)
  ), dropped as (
    update execution e set state = 'dropped' from unneeded u
    where e.key = u.key and e.kind = 'step' and e.state in ('waiting', 'ready')
    returning e.key
  ), stopped as (
    update lease l set cancelled = true from dropped d where l.key = d.key
  )
  select array_agg(key) into v_dropped from dropped;
  perform work_drop_parts(k) from unnest(v_dropped) k;
  delete from execution_input where key = 'plan:' || p_run;
  delete from execution where key in ('plan:' || p_run, 'finish:' || p_run);
  delete from lease where key in ('plan:' || p_run, 'finish:' || p_run);
end $$;

-- Whether a fact means anything for the work, told without parsing it. May say yes too often.
create function work_concerns(p_kind text, p_data text) returns boolean
language sql immutable parallel safe as $$
  select case p_kind
    when 'content.stored' then strpos(p_data, '"probe":') > 0
    else p_kind in ('content.corrupted', 'content.deleted', 'content.probed', 'run.cancelled', 'run.completed',
      'run.failed', 'run.planned', 'run.requested', 'segments.rendered', 'step.cached',
      'step.completed', 'step.failed', 'step.lost', 'step.planned', 'step.split')
  end
$$;

-- Content is gone: what gave it is wanted again by the next run that needs it, and no piece is
-- there whose bytes or header are not.
create function work_gone(p_cid text) returns void language plpgsql as $$
begin
  with gone as (
    update execution set state = 'dropped', output = '' where output = p_cid and kind = 'step'
    returning key
  )
  update execution_input i set lost = true from gone where i.input_key = gone.key;
  delete from execution where output = p_cid and kind = 'segment';
  delete from execution where work_header(spec) = p_cid and kind = 'segment'
    and work_header(spec) <> '';
end $$;

-- The fold: what each fact means for the work.
create function work_apply(p_kind text, p_data text, p_at timestamptz) returns void language plpgsql as $$
declare
  d json;
begin
  case p_kind
  when 'step.completed' then
    d := p_data;
    perform work_done(d ->> 'key', d ->> 'output', p_at);
    perform work_drop_parts(d ->> 'key');
  when 'step.split' then
    perform work_split(p_data::json, p_at);
  when 'segments.rendered' then
    perform work_pieces(p_data::json, p_at);
  when 'step.failed' then
    d := p_data;
    perform work_failed(d ->> 'key', false, coalesce((d ->> 'final')::boolean, false), p_at);
  when 'step.lost' then
    d := p_data;
    perform work_failed(d ->> 'key', true, coalesce((d ->> 'final')::boolean, false), p_at);
  when 'content.stored' then
    d := p_data;
    if d ->> 'probe' is not null then
      perform work_want(d ->> 'probe', 'probe', 'cpu', -1, json_build_object('cid', d ->> 'cid')::text,
        '{}', true, p_at);
      update execution set output = d ->> 'cid' where key = d ->> 'probe';  -- found by it when deleted
    end if;
  when 'content.probed' then
    d := p_data;
    perform work_done(d ->> 'key', d ->> 'cid', p_at);
  when 'run.requested' then
    d := p_data;
    perform work_want('plan:' || (d ->> 'run_id'), 'plan', 'io', -1,
      json_build_object('run_id', d ->> 'run_id')::text,
      array(select json_array_elements_text(d -> 'waits_for')), false, p_at);
    perform work_need(d ->> 'run_id', k) from json_array_elements_text(d -> 'waits_for') k;
    perform work_need(d ->> 'run_id', 'plan:' || (d ->> 'run_id'));
    perform work_block(d ->> 'run_id');
    perform work_settle(d ->> 'run_id', p_at);  -- a probe may have been given up already
  when 'step.planned' then
    perform work_want_steps(p_data::json, p_at);
  when 'step.cached' then
    perform work_need_steps(p_data::json);
  when 'run.planned' then
    d := p_data;
    perform work_block(d ->> 'run_id');
    perform work_done('plan:' || (d ->> 'run_id'), '', p_at);
  when 'run.completed', 'run.failed', 'run.cancelled' then
    d := p_data;
    perform work_end_run(d ->> 'run_id');
  when 'content.corrupted' then
    d := p_data;
    perform work_gone(d ->> 'cid');
  when 'content.deleted' then
    d := p_data;
    perform work_gone(d ->> 'cid');
    delete from execution where output = d ->> 'cid' and kind = 'probe';
  else
    null;
  end case;
end $$;

-- Take the most urgent free execution of a queue (or the one named), with all that doing it needs.
-- `head` is the log's head at that moment.
create function work_claim(p_queue text, p_worker text, p_seconds float8, p_key text)
returns table (key text, token uuid, kind text, spec text, inputs text, failures int, losses int,
  head bigint)
language plpgsql
set enable_seqscan = off  -- a plan made while the tables were small is kept when they no longer are
as $$
#variable_conflict use_column
declare
  v_key text;
  v_token uuid;
begin
  -- A lost claim is found again by its lease time, so it need not wait for the disk.
  perform set_config('synchronous_commit', 'off', true);
  loop
    select e.key into v_key from execution e
      where e.state = 'ready' and e.queue = p_queue and e.due <= clock_timestamp()
        and (p_key = '' or e.key = p_key) and not exists (select 1 from lease l where l.key = e.key)
      order by e.level, e.since, e.key limit 1 for update skip locked;
    if not found then return; end if;
    insert into lease (key, token, worker, started, until)
      values (v_key, gen_random_uuid(), p_worker, clock_timestamp(),
        clock_timestamp() + make_interval(secs => p_seconds))
      on conflict do nothing returning token into v_token;
    exit when found;  -- else somebody took it since this statement began to look: look again
  end loop;
  return query
    select e.key, v_token, e.kind, e.spec,
      coalesce((select json_object_agg(i.input_key, x.output)::text
        from execution_input i cross join lateral
          (select x.output from execution x where x.key = i.input_key limit 1) x
        where i.key = e.key), '{}'),
      e.failures, e.losses, (select coalesce(max(position), 0) from event)
    from execution e where e.key = v_key;
end $$;

-- Guards: may this command go on? --------------------------------------------------------------

-- The worker still holds the lease it worked under.
create function guard_lease(a json) returns boolean language plpgsql as $$
begin
  perform 1 from execution where key = a ->> 'key' for update;
  delete from lease where key = a ->> 'key' and token = (a ->> 'token')::uuid;
  return found;
end $$;

-- The worker holds the lease, and goes on holding it.
create function guard_holding(a json) returns boolean language plpgsql as $$
begin
  perform 1 from execution where key = a ->> 'key' for update;
  return exists (select 1 from lease where key = a ->> 'key' and token = (a ->> 'token')::uuid);
end $$;

-- The lease that is to be called lost is still the same and still overdue.
create function guard_overdue(a json) returns boolean language plpgsql as $$
begin
  perform 1 from execution where key = a ->> 'key' for update;
  delete from lease where key = a ->> 'key' and token = (a ->> 'token')::uuid
    and until < clock_timestamp();
  return found;
end $$;

-- All hits still stand.
create function work_hits(a json) returns boolean language plpgsql
set enable_seqscan = off  -- with thousands of hits, one look through the table for each takes long
as $$
begin
  return not exists (
    select 1 from json_to_recordset(a -> 'hits') as h(key text, output text)
    where not coalesce((select e.state = 'done' and e.output = h.output from execution e
      where e.key = h.key), false)
  );
end $$;

-- The run is being planned, or the step split, under this lease, and all hits still stand.
create function guard_plan(a json) returns boolean language sql as
$$ select case when work_hits(a) then guard_lease(a) else false end $$;

-- The worker holds the lease and goes on holding it, and all hits still stand.
create function guard_join(a json) returns boolean language sql as
$$ select case when work_hits(a) then guard_holding(a) else false end $$;

-- The run is alive.
create function guard_alive(a json) returns boolean language sql as
$$ select exists (select 1 from run_work where run_id = a ->> 'run_id') $$;

-- No live run uses one of these contents as the result of one of its steps.
create function guard_unused(a json) returns boolean language sql as $$
  select not exists (
    select 1 from json_array_elements_text(a -> 'cids') c
    join execution e on e.output = c join run_work r on r.key = e.key)
$$;
