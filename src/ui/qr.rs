//! QR codes out of half blocks, two rows of modules to a line.
//!
//! Light modules are drawn and dark ones left out: on a dark terminal that is right even where
//! colours are off.

use qrcode::{EcLevel, QrCode};

/// The light border that ISO/IEC 18004 wants around the code, in modules.
const QUIET: usize = 4;

/// The lines of the code for `text`; nothing where it is too long for one.
pub(super) fn rows(text: &str) -> Option<Vec<String>> {
    // Least redundancy: a screen has no scratches, and fewer modules are larger ones.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let colors = code.to_colors();
    let is_light = |row: usize, column: usize| {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < width);
        let (Some(row), Some(column)) = (inside(row), inside(column)) else {
            return true;
        };
        colors.get(row * width + column) == Some(&qrcode::Color::Light)
    };
    let side = width + 2 * QUIET;
    let lines = (0..side).step_by(2).map(|row| {
        let cell = |column| match (is_light(row, column), is_light(row + 1, column)) {
            (true, true) => '\u{2588}',
            (true, false) => '\u{2580}',
            (false, true) => '\u{2584}',
            (false, false) => ' ',
        };
        (0..side).map(cell).collect()
    });
    Some(lines.collect())
}

/// What is to be said where the code scrolls out of a window of so many lines: below it stand this and
/// what is waited for.
pub(super) fn too_high(rows: usize, window: usize) -> Option<String> {
    let needed = rows + 2;
    (needed > window).then(|| {
        format!(
            "this window shows {window} lines and the code needs {needed}: make the window higher, or \
             its font smaller"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_scrolls_out_of_the_window_is_told() {
        let rows = rows(&format!("https://as.example/{}", "x".repeat(300))).unwrap();
        let needed = rows.len() + 2;
        let said = too_high(rows.len(), 24).unwrap();
        assert!(
            said.contains(&format!("24 lines and the code needs {needed}:")),
            "{said}"
        );
        assert_eq!(too_high(rows.len(), needed), None);
    }

    /// What a camera would read: eight pixels to a module.
    fn scanned(rows: &[String]) -> Option<String> {
        const SCALE: usize = 8;
        let lines: Vec<Vec<char>> = rows.iter().map(|row| row.chars().collect()).collect();
        let (width, height) = (lines[0].len() * SCALE, lines.len() * 2 * SCALE);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            let module = y / SCALE;
            let light = match lines[module / 2][x / SCALE] {
                '\u{2588}' => true,
                '\u{2580}' => module.is_multiple_of(2),
                '\u{2584}' => !module.is_multiple_of(2),
                _ => false,
            };
            if light { 255 } else { 0 }
        });
        let grids = image.detect_grids();
        grids.first()?.decode().ok().map(|(_, text)| text)
    }

    #[test]
    fn a_drawn_code_scans_as_what_it_was_made_of() {
        let long = format!("https://as.example/authorize?state={}", "x".repeat(900));
        for text in ["https://github.com/login/device", long.as_str()] {
            let rows = rows(text).unwrap();
            assert_eq!(scanned(&rows).as_deref(), Some(text));
            // the control: a code with a hole in it does not
            let mut holed = rows.clone();
            let middle = holed.len() / 2;
            let blank = "\u{2588}".repeat(holed[0].chars().count());
            for row in &mut holed[middle - 3..middle + 3] {
                row.clone_from(&blank);
            }
            assert_ne!(scanned(&holed).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_too_long_for_a_code_gives_none() {
        assert_eq!(rows(&"x".repeat(3000)), None);
    }
}
