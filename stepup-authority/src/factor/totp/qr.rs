//! A text as a QR code, drawn as SVG.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// White modules around the code, without which it is not found (ISO/IEC 18004 §6.3.8).
const QUIET_ZONE: usize = 4;

/// Pixels a module, unless whoever shows it scales it.
const SCALE: usize = 4;

/// The text in black on white. It loads nothing, runs nothing and holds no words: whoever shows it
/// knows the language of its description. `None` where the text is too long.
pub(crate) fn svg(text: &str) -> Option<String> {
    // On a screen nothing gets smudged, and fewer modules are easier to scan.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let side = code.width() + 2 * QUIET_ZONE;
    let pixels = side * SCALE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" \
         viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"",
    );
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                let (left, top, width) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                write!(svg, "M{left} {top}h{width}v1H{left}z").ok()?;
            }
            x += run.len();
        }
    }
    svg.push_str("\"/></svg>");
    Some(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The modules that the path paints.
    fn painted(svg: &str, side: usize) -> Vec<bool> {
        let path = svg.rsplit_once(" d=\"").unwrap().1.split('"').next().unwrap();
        let mut modules = vec![false; side * side];
        for run in path.split_terminator('z') {
            let (left, rest) = run.strip_prefix('M').unwrap().split_once(' ').unwrap();
            let (top, rest) = rest.split_once('h').unwrap();
            let (width, back) = rest.split_once("v1H").unwrap();
            assert_eq!(left, back);
            let at = top.parse::<usize>().unwrap() * side + left.parse::<usize>().unwrap();
            modules[at..at + width.parse::<usize>().unwrap()].fill(true);
        }
        modules
    }

    #[test]
    fn it_paints_the_dark_modules_inside_a_quiet_zone() {
        let text = "otpauth://totp/Bank:alice?secret=ABC";
        let code = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
        let side = code.width() + 8;
        let modules = painted(&svg(text).unwrap(), side);
        for y in 0..side {
            for x in 0..side {
                let within = |at: usize| (4..4 + code.width()).contains(&at);
                let dark = within(x) && within(y) && code[(x - 4, y - 4)] == Color::Dark;
                assert_eq!(modules[y * side + x], dark, "{x} {y}");
            }
        }
    }

    #[test]
    fn nothing_of_the_text_is_markup() {
        let svg = svg("\"/><script>alert(1)</script>").unwrap();
        assert!(!svg.contains("script") && !svg.contains("alert"), "{svg}");
        assert_eq!(super::svg(&"x".repeat(2954)), None);
        assert!(super::svg(&"x".repeat(2953)).is_some());
    }
}
