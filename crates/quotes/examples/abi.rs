//! Prints every question with the numbers that go in and come out, as JSON: what other languages' callers are generated
//! from.

use sluice_quotes::{Field, QUESTIONS, Shape};
use std::fmt::Write;

fn text(value: &str) -> String {
    format!("\"{}\"", value.trim().replace('\\', "\\\\").replace('"', "\\\""))
}

fn fields(fields: &[Field]) -> String {
    let each = fields.iter().map(|Field { name, kind, about }| {
        format!("{{ \"name\": {}, \"kind\": {}, \"about\": {} }}", text(name), text(kind), text(about))
    });
    each.collect::<Vec<_>>().join(",\n      ")
}

fn kind(shape: &Shape) -> &'static str {
    match shape {
        Shape::Word(kind) => kind,
        Shape::Struct { name, .. } => name,
    }
}

fn main() -> std::fmt::Result {
    let mut structs: Vec<(&str, String)> = Vec::new();
    let mut questions = Vec::new();
    for question in QUESTIONS {
        let shapes = question.takes.iter().map(|part| &part.shape).chain([&question.answers]);
        for shape in shapes {
            if let Shape::Struct { name, about, fields: list } = shape
                && !structs.iter().any(|(known, _)| known == name)
            {
                let about = text(about);
                let body = fields(list);
                structs.push((
                    name,
                    format!(
                        "{{ \"name\": {}, \"about\": {about}, \"fields\": [\n      {body}\n    ] }}",
                        text(name)
                    ),
                ));
            }
        }
        let takes: Vec<_> = question
            .takes
            .iter()
            .map(|part| format!("{{ \"name\": {}, \"kind\": {} }}", text(part.name), text(kind(&part.shape))))
            .collect();
        questions.push(format!(
            "{{ \"name\": {}, \"about\": {}, \"takes\": [{}], \"answers\": {} }}",
            text(question.name),
            text(question.about),
            takes.join(", "),
            text(kind(&question.answers))
        ));
    }
    let structs: Vec<_> = structs.into_iter().map(|(_, body)| body).collect();
    let mut out = String::new();
    write!(
        out,
        "{{\n  \"structs\": [\n    {}\n  ],\n  \"questions\": [\n    {}\n  ]\n}}",
        structs.join(",\n    "),
        questions.join(",\n    ")
    )?;
    println!("{out}");
    Ok(())
}
