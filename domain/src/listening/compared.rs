//! Which days of a source are compared: the one place that says it.

/// A select of the days of each source on which every monitor that is compared then is known, the brand's own and a competitor's among them,
/// with the brand's mentions (`own`), those of all (`whole`) and how many monitors there are (`monitors`). The brand, the first and the last day
/// are as the statement around it has them.
macro_rules! compared_days {
    ($brand:literal, $first:literal, $last:literal) => {
        concat!(
            "
      select md.source_id, md.day, sum(md.mentions) filter (where lm.kind = 'OWN') as own, sum(md.mentions) as whole, count(*) as monitors
      from mention_day md join listening_monitor lm on lm.brand_id = md.brand_id and lm.id = md.monitor_id
        and md.day between lm.compared_from and coalesce(lm.compared_until, 'infinity')
      where md.brand_id = ",
            $brand,
            " and md.day between ",
            $first,
            " and ",
            $last,
            " group by md.source_id, md.day
      having bool_or(lm.kind = 'OWN') and bool_or(lm.kind = 'COMPETITOR') and count(*) = (select count(*) from listening_monitor am
        where am.brand_id = ",
            $brand,
            " and md.day between am.compared_from and coalesce(am.compared_until, 'infinity'))"
        )
    };
}
pub(crate) use compared_days;
