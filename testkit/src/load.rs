//! Many publications at once, as SQL for whoever may write everything.

use chrono::{DateTime, TimeDelta, Utc};

/// Posts with their variants, publications and jobs on the connected accounts of one network, in turns; each `step` after the one before
/// it. The title of each is `name`, its text `name` and its number.
pub fn publications(network: &str, name: &str, count: usize, begin: DateTime<Utc>, step: TimeDelta) -> String {
    let (begin, step) = (begin.to_rfc3339(), step.num_milliseconds());
    format!(
        "begin;
         create temp table new on commit drop as
           select gen_random_uuid() as post_id, gen_random_uuid() as variant_id, gen_random_uuid() as publication_id,
             gen_random_uuid() as job_id, n, timestamptz '{begin}' + n * interval '{step} milliseconds' as due_at,
             a.id as account_id, a.brand_id, a.connected_by as by, c.id as calendar_id
           from generate_series(0, {count} - 1) n
           join (select s.*, row_number() over (order by s.id) - 1 as place, count(*) over () as accounts
             from social_account s where s.network = '{network}' and s.state = 'CONNECTED') a on a.place = n % a.accounts
           join lateral (select id from calendar c where c.brand_id = a.brand_id limit 1) c on true;
         insert into post (id, brand_id, calendar_id, title, state, due_at, created_by, created_at, updated_at)
           select post_id, brand_id, calendar_id, '{name}', 'SCHEDULED', due_at, by, now(), now() from new;
         insert into post_variant (id, brand_id, post_id, social_account_id, text)
           select variant_id, brand_id, post_id, account_id, '{name} ' || n from new;
         insert into publication (id, brand_id, post_id, variant_id, social_account_id, state, due_at, created_at, updated_at)
           select publication_id, brand_id, post_id, variant_id, account_id, 'SCHEDULED', due_at, now(), now() from new;
         insert into job (id, brand_id, kind, subject_id, due_at, created_at)
           select job_id, brand_id, 'publish', publication_id, due_at, now() from new;
         commit;
         analyze post; analyze post_variant; analyze publication; analyze job;"
    )
}
