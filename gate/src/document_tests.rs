use std::time::{Duration, Instant};

use super::*;

fn check(text: &str, operation: Option<&str>) -> Result<Document> {
    let mut request = Request::new(text);
    request.operation_name = operation.map(str::to_owned);
    read_document(&mut request)
}

/// The texts of these numbers, one behind the other.
fn each(numbers: impl IntoIterator<Item = usize>, text: impl Fn(usize) -> String) -> String {
    numbers.into_iter().map(text).collect::<Vec<_>>().concat()
}

/// The code of the refusal; empty without one.
fn code(text: &str) -> String {
    let Err(error) = check(text, None) else { return String::new() };
    let code = error.extensions.and_then(|extensions| extensions.get("code").cloned());
    code.and_then(|code| code.into_json().ok()).and_then(|code| Some(code.as_str()?.to_owned())).unwrap()
}

#[test]
fn the_operation_is_found() {
    assert_eq!(check("{ viewer { can } }", None).unwrap().kind, OperationType::Query);
    let two = "query A { viewer { id } } mutation B { signOut { signedOut } }";
    assert_eq!(check(two, Some("B")).unwrap().kind, OperationType::Mutation);
    assert!(check(two, None).is_err());
    assert!(check(two, Some("C")).is_err());
    assert!(check("query I { ...F } fragment F on Query { __schema { types { name } } }", None).unwrap().introspects);
    assert!(!check("{ viewer { id } }", None).unwrap().introspects);
}

#[test]
fn aliases_are_counted_wherever_they_stand_and_as_often_as_they_are_spread() {
    let aliases = |count: usize| (0..count).map(|n| format!("a{n}: agency {{ id }} ")).collect::<Vec<_>>().join(" ");
    let most = aliases(MAX_ALIASES);
    let more = aliases(MAX_ALIASES + 1);
    assert_eq!(code(&format!("{{ {most} }}")), "");
    assert_eq!(code(&format!("{{ {more} }}")), "TOO_COMPLEX");
    assert_eq!(code(&format!("{{ ...F }} fragment F on Query {{ {most} }}")), "");
    assert_eq!(code(&format!("{{ ...F }} fragment F on Query {{ {more} }}")), "TOO_COMPLEX");
    assert_eq!(code(&format!("{{ ...F ...F }} fragment F on Query {{ {most} }}")), "TOO_COMPLEX");
}

#[test]
fn a_bomb_of_fragments_is_refused_at_once() {
    for levels in [15, 25, 30] {
        let chain = each(0..levels, |n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1));
        let text = format!("{{ ...F0 }} {chain} fragment F{levels} on Query {{ viewer {{ id }} }}");
        let started = Instant::now();
        assert_eq!(code(&text), "TOO_COMPLEX");
        assert!(started.elapsed() < Duration::from_secs(1));
    }
}

#[test]
fn a_long_chain_of_fragments_does_not_go_down_the_stack() {
    let levels = 5_000;
    let chain = each(0..levels, |n| format!("fragment F{n} on Query{{...F{}}}", n + 1));
    let last = format!("fragment F{levels} on Query{{viewer{{id}}}}");
    assert_eq!(code(&format!("{{...F0}}{chain}{last}")), "TOO_DEEP");
    // Also where no operation leads there.
    assert_eq!(code(&format!("{{viewer{{id}}}}{chain}{last}")), "TOO_DEEP");
}

#[test]
fn fragments_that_hold_themselves_are_refused() {
    assert_eq!(code("{ ...F } fragment F on Query { ...F }"), "TOO_DEEP");
    assert_eq!(code("{ ...F } fragment F on Query { ...G } fragment G on Query { viewer { ...F } }"), "TOO_DEEP");
    assert_eq!(code("{ viewer { id } } fragment F on Query { ... on Query { ...F } }"), "TOO_DEEP");
}

#[test]
fn depth_is_counted_through_fragments() {
    let fields = |levels: usize| format!("{{{}{}", "a{".repeat(levels - 1), "a".to_owned() + &"}".repeat(levels));
    assert_eq!(code(&fields(MAX_DEPTH)), "");
    assert_eq!(code(&fields(MAX_DEPTH + 1)), "TOO_DEEP");
    let inline = |levels: usize| format!("{{{}a{}", "...{".repeat(levels), "}".repeat(levels + 1));
    assert_eq!(code(&inline(MAX_RECURSION)), "");
    assert_eq!(code(&inline(MAX_RECURSION + 1)), "TOO_DEEP");
    // The second spread is deeper than the first, where the fragment was measured.
    let spread = |levels: usize| {
        let deep = format!("{}...F{}", "...{".repeat(levels), "}".repeat(levels));
        format!(
            "{{ ...F {deep} }} fragment F on Query {{ {} }}",
            inline(10).trim_start_matches('{').replacen("}}", "}", 1)
        )
    };
    assert_eq!(code(&spread(MAX_RECURSION - 11)), "");
    assert_eq!(code(&spread(MAX_RECURSION - 10)), "TOO_DEEP");
    let half = format!("{}...F{}", "a{".repeat(9), "}".repeat(9));
    let other = format!("{}a{}", "a{".repeat(8), "}".repeat(8));
    assert_eq!(code(&format!("{{ {half} }} fragment F on Query {{ {other} }}")), "TOO_DEEP");
}

#[test]
fn mutations_are_counted_after_spreading() {
    let outs = |count: usize| "signOut { signedOut } ".repeat(count);
    assert_eq!(code(&format!("mutation {{ {} }}", outs(MAX_MUTATIONS))), "");
    assert_eq!(code(&format!("mutation {{ {} }}", outs(MAX_MUTATIONS + 1))), "TOO_COMPLEX");
    let spread = format!("mutation {{ ...F ... {{ ...F }} }} fragment F on Mutation {{ {} }}", outs(11));
    assert_eq!(code(&spread), "TOO_COMPLEX");
}

#[test]
fn signing_in_stands_alone() {
    for name in SIGNING_IN {
        assert!(check(&format!("mutation {{ {name} {{ session {{ accessToken }} }} }}"), None).unwrap().signs_in);
        assert!(check(&format!("mutation {{ a: {name} {{ x }} }}"), None).unwrap().signs_in);
        let spread = format!("mutation {{ ...F }} fragment F on Mutation {{ ... on Mutation {{ {name} {{ x }} }} }}");
        assert!(check(&spread, None).unwrap().signs_in);
        for text in [
            format!("mutation {{ a: {name} {{ x }} createBrand {{ x }} }}"),
            format!("mutation {{ {name} {{ x }} {name} {{ x }} }}"),
            format!("mutation {{ createBrand {{ x }} ...F }} fragment F on Mutation {{ {name} {{ x }} }}"),
            format!("mutation {{ {name} {{ x }} ... {{ signOut {{ signedOut }} }} }}"),
            format!("mutation {{ {name} {{ x }} __typename }}"),
        ] {
            assert_eq!(code(&text), "BAD_REQUEST", "{text}");
        }
    }
    assert!(!check("mutation { signOut { signedOut } }", None).unwrap().signs_in);
    // Another operation of the same document does not run, and a field of a query is no mutation.
    let two = "mutation A { signIn { x } } mutation B { signOut { signedOut } }";
    assert!(!check(two, Some("B")).unwrap().signs_in);
    assert!(!check("{ signIn { x } }", None).unwrap().signs_in);
}

#[test]
fn values_weigh_wherever_they_are_put_in() {
    let ids = format!("[{}]", "\"a\",".repeat(300));
    let many = "nodes(ids: $ids) { id } ".repeat(100);
    let mut request = Request::new(format!("query($ids: [ID!]!) {{ {many} }}"));
    request.variables = Variables::from_json(serde_json::json!({ "ids": vec!["a"; 300] }));
    assert!(read_document(&mut request).is_err());
    assert_eq!(code(&format!("query($ids: [ID!]! = {ids}) {{ {many} }}")), "TOO_COMPLEX");
    assert_eq!(code(&format!("{{ {} }}", many.replace("$ids", &ids))), "TOO_COMPLEX");
    assert_eq!(code(&format!("query($ids: [ID!]!) {{ {many} }}")), "");
    let text = "x".repeat(100_000);
    assert_eq!(code(&format!("{{ node(id: \"{text}\") {{ id }} }}")), "");
    assert_eq!(
        code(&format!("query($id: ID! = \"{text}\") {{ {} }}", "node(id: $id) { id } ".repeat(60))),
        "TOO_COMPLEX"
    );
}

#[test]
fn nothing_stands_together_in_numbers_that_the_library_compares_one_by_one() {
    let arguments = each(0..=MAX_ARGUMENTS, |n| format!("a{n}: 1 "));
    assert_eq!(code(&format!("{{ viewer({arguments}) {{ id }} }}")), "TOO_COMPLEX");
    assert_eq!(code(&format!("{{ viewer @skip({arguments}) {{ id }} }}")), "TOO_COMPLEX");
    let directives = "@skip(if: false) ".repeat(MAX_DIRECTIVES + 1);
    assert_eq!(code(&format!("{{ viewer {directives} {{ id }} }}")), "TOO_COMPLEX");
    assert_eq!(code(&format!("query {directives} {{ viewer {{ id }} }}")), "TOO_COMPLEX");
    let variables = each(0..=MAX_VARIABLES, |n| format!("$a{n}: Int "));
    assert_eq!(code(&format!("query({variables}) {{ viewer {{ id }} }}")), "TOO_COMPLEX");
}

#[test]
fn what_is_free_for_the_library_is_not_asked_for_again_and_again() {
    let names = |count: usize| "__typename ".repeat(count);
    assert_eq!(code(&format!("{{ a {{ {} }} b {{ {} }} }}", names(MAX_TYPENAMES), names(MAX_TYPENAMES))), "");
    assert_eq!(code(&format!("{{ a {{ {} }} }}", names(MAX_TYPENAMES + 1))), "TOO_COMPLEX");
    let spread = format!("{{ a {{ ...F ... {{ ...F }} }} }} fragment F on A {{ {} }}", names(MAX_TYPENAMES / 2 + 1));
    assert_eq!(code(&spread), "TOO_COMPLEX");
    let full = format!("{{ {} }} ", names(MAX_TYPENAMES));
    assert_eq!(code(&format!("query A {full} query B {full} fragment F on Query {full}")), "BAD_REQUEST");
    assert!(check(&format!("query A {full} query B {full} fragment F on Query {full}"), Some("A")).is_ok());
}

#[test]
fn what_is_unknown_is_left_to_the_library() {
    assert_eq!(code("{ ...Nowhere }"), "");
    assert_eq!(code("{ a { b(c: $nowhere) } }"), "");
    assert_eq!(code("{ a {"), "BAD_REQUEST");
}
