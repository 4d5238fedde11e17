//! QR codes.

use qrcode::{EcLevel, QrCode, render::svg};

/// A picture of `text` that browsers show as it is, and that needs nothing from anywhere.
/// None if the text is too long for one.
pub(super) fn svg_of(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    Some(code.render::<svg::Color<'_>>().min_dimensions(240, 240).build())
}
