//! From a template and its values to a file: the same for every paper.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use typst::comemo;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Dict};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use crate::RenderError;
use crate::world::ReportWorld;

/// A template of ours under its name.
fn source(name: &str, text: &str) -> Result<Source, RenderError> {
    let path = VirtualPath::new(name).map_err(|_| RenderError::Template(format!("{name} is no name of a file")))?;
    Ok(Source::new(FileId::new(RootedPath::new(VirtualRoot::Project, path)), text.to_owned()))
}

/// Lays a paper out. Warnings are faults of the template, which the tests look for.
pub(crate) fn compile((name, text): (&str, &str), inputs: Dict) -> Result<Warned<PagedDocument>, RenderError> {
    let world = ReportWorld::new(source(name, text)?, inputs);
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&world);
    let output = output.map_err(|errors| template_error(&errors))?;
    Ok(Warned { output, warnings })
}

/// Renders a paper as a PDF file that was made at this moment. The same values give the same bytes.
pub(crate) fn pdf(template: (&str, &str), inputs: Dict, made_at: DateTime<Utc>) -> Result<Vec<u8>, RenderError> {
    let pdf = compile(template, inputs).and_then(|document| {
        let options = PdfOptions { timestamp: timestamp(made_at), ..PdfOptions::default() };
        typst_pdf::pdf(&document.output, &options).map_err(|errors| template_error(&errors))
    });
    // Typst remembers every layout for the next compilation; the next paper is another one.
    comemo::evict(0);
    pdf
}

fn template_error(errors: &[SourceDiagnostic]) -> RenderError {
    RenderError::Template(errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "))
}

fn timestamp(at: DateTime<Utc>) -> Option<Timestamp> {
    let part = |value: u32| u8::try_from(value).ok();
    Datetime::from_ymd_hms(
        at.year(),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )
    .map(Timestamp::new_utc)
}
