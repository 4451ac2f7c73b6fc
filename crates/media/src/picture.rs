//! Pictures: read within bounds, turned upright, made smaller, written anew.

use base64::{Engine, engine::general_purpose::STANDARD};
use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
    metadata::Orientation,
};
use std::io::{BufRead, Seek};

/// A picture's side in pixels, before it is read.
const SIDE_MAX: u32 = 20_000;
/// A picture's pixels, before it is read: a large camera's.
const PIXELS_MAX: u64 = 50_000_000;
/// What a decoder may take for one picture, in bytes.
const ALLOC_MAX: u64 = 256 * 1024 * 1024;
/// The longer side of a preview, for lists and messages.
const PREVIEW_SIDE: u32 = 640;
/// The longer side of the large view.
const VIEW_SIDE: u32 = 2_048;
/// The longer side of what stands in a message itself.
const TINY_SIDE: u32 = 10;
/// The longer side of an emoji: as large as it is ever shown, on a dense screen.
const EMOJI_SIDE: u32 = 128;
/// The longer side of a picture behind a link.
const LINK_SIDE: u32 = 480;
/// What is smaller behind a link is there to count visitors.
const LINK_SIDE_MIN: u32 = 32;
/// The side of an avatar.
const AVATAR_SIDE: u32 = 256;
/// Of what has no transparent parts.
const JPEG_QUALITY: u8 = 84;

/// Why a picture was not read. The file may be kept all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not a picture of a kind that we read.
    #[error("not a picture of a known kind")]
    NotAPicture,
    /// Its sides, its pixels or the memory that it takes are over the bound.
    #[error("the picture is too large")]
    TooLarge,
    /// Its bytes contradict each other.
    #[error("the picture is broken")]
    Broken,
    /// It took too long.
    #[error("the picture took too long to read")]
    TooSlow,
}

/// A picture as we encoded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendition {
    /// The file.
    pub bytes: Vec<u8>,
    /// `image/jpeg` or `image/webp`.
    pub media_type: &'static str,
}

/// What is made of an uploaded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Of the original, turned upright.
    pub width: u32,
    /// Of the original, turned upright.
    pub height: u32,
    /// A few pixels as a `data:` URL.
    pub tiny: String,
    /// Small.
    pub preview: Rendition,
    /// Large, where the original is larger than the preview.
    pub view: Option<Rendition>,
}

/// Reads a picture and makes what is shown of it.
pub fn picture(source: impl BufRead + Seek) -> Result<Picture, Unreadable> {
    let (image, (width, height)) = upright(source, VIEW_SIDE)?;
    let small = fit(&image, PREVIEW_SIDE);
    let view = (image.width() > small.width() || image.height() > small.height())
        .then(|| encode(&image))
        .transpose()?;
    Ok(Picture {
        width,
        height,
        tiny: tiny(&small)?,
        preview: encode(&small)?,
        view,
    })
}

/// The middle of a picture as a square, for an avatar.
pub fn avatar(source: impl BufRead + Seek) -> Result<Rendition, Unreadable> {
    let (image, _) = upright(source, VIEW_SIDE)?;
    let side = image.width().min(image.height());
    let (x, y) = ((image.width() - side) / 2, (image.height() - side) / 2);
    let square = image.crop_imm(x, y, side, side);
    encode(&fit(&square, AVATAR_SIDE))
}

/// A picture as an emoji; of one that moves, the first frame.
pub fn emoji(source: impl BufRead + Seek) -> Result<Rendition, Unreadable> {
    let (image, _) = upright(source, EMOJI_SIDE)?;
    encode(&image)
}

/// The picture of a page behind a link, and its size as we encoded it.
pub fn link_picture(source: impl BufRead + Seek) -> Result<(Rendition, (u32, u32)), Unreadable> {
    let (image, (width, height)) = upright(source, LINK_SIDE)?;
    if width.min(height) < LINK_SIDE_MIN {
        return Err(Unreadable::NotAPicture);
    }
    Ok((encode(&image)?, image.dimensions()))
}

/// The picture as it is meant to be seen, no larger than `side`, and its own size.
fn upright(
    source: impl BufRead + Seek,
    side: u32,
) -> Result<(DynamicImage, (u32, u32)), Unreadable> {
    let mut reader = ImageReader::new(source)
        .with_guessed_format()
        .map_err(|_| Unreadable::Broken)?;
    if !matches!(
        reader.format(),
        Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::WebP)
    ) {
        return Err(Unreadable::NotAPicture);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(ALLOC_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Unreadable::Broken);
    }
    // Told by the head alone: what would take too much is not begun.
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > ALLOC_MAX {
        return Err(Unreadable::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(why)?;
    // Smaller first: turning copies every pixel.
    let mut image = fit(&image, side);
    image.apply_orientation(orientation);
    let lies = matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let size = if lies {
        (height, width)
    } else {
        (width, height)
    };
    Ok((image, size))
}

fn why(error: image::ImageError) -> Unreadable {
    match error {
        image::ImageError::Limits(_) => Unreadable::TooLarge,
        image::ImageError::Unsupported(_) => Unreadable::NotAPicture,
        _ => Unreadable::Broken,
    }
}

/// With eight bits a colour and no side longer than `side`.
fn fit(image: &DynamicImage, side: u32) -> DynamicImage {
    let smaller = if image.width() <= side && image.height() <= side {
        image.clone()
    } else {
        image.thumbnail(side, side)
    };
    if is_clear(&smaller) {
        DynamicImage::ImageRgba8(smaller.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(smaller.into_rgb8())
    }
}

/// Whether anything shines through.
fn is_clear(image: &DynamicImage) -> bool {
    image.color().has_alpha() && image.pixels().any(|(_, _, pixel)| pixel[3] < u8::MAX)
}

/// Photographs as JPEG; what shines through without loss.
fn encode(image: &DynamicImage) -> Result<Rendition, Unreadable> {
    let mut bytes = Vec::new();
    let (written, media_type) = if image.color().has_alpha() {
        let encoder = WebPEncoder::new_lossless(&mut bytes);
        (image.write_with_encoder(encoder), "image/webp")
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        (image.write_with_encoder(encoder), "image/jpeg")
    };
    written.map_err(|_| Unreadable::Broken)?;
    Ok(Rendition { bytes, media_type })
}

fn tiny(image: &DynamicImage) -> Result<String, Unreadable> {
    let mut bytes = Vec::new();
    fit(image, TINY_SIDE)
        .write_with_encoder(PngEncoder::new(&mut bytes))
        .map_err(|_| Unreadable::Broken)?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn png(width: u32, height: u32, paint: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
        let image = image::RgbaImage::from_fn(width, height, |x, y| image::Rgba(paint(x, y)));
        let mut bytes = Vec::new();
        image
            .write_with_encoder(PngEncoder::new(&mut bytes))
            .unwrap();
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Picture, Unreadable> {
        picture(Cursor::new(bytes))
    }

    fn size(rendition: &Rendition) -> (u32, u32) {
        image::load_from_memory(&rendition.bytes)
            .unwrap()
            .dimensions()
    }

    #[test]
    fn a_large_picture_gets_a_preview_and_a_view() {
        let made = read(&png(3_000, 1_500, |x, _| [(x % 256) as u8, 0, 0, 255])).unwrap();
        assert_eq!((made.width, made.height), (3_000, 1_500));
        assert_eq!(size(&made.preview), (640, 320));
        assert_eq!(made.preview.media_type, "image/jpeg");
        assert_eq!(size(made.view.as_ref().unwrap()), (2_048, 1_024));
        assert!(made.tiny.starts_with("data:image/png;base64,"));
        assert!(made.tiny.len() < 1_000, "{}", made.tiny.len());
    }

    #[test]
    fn a_small_picture_that_shines_through_keeps_doing_so() {
        let made = read(&png(20, 10, |x, _| [9, 9, 9, if x < 10 { 0 } else { 255 }])).unwrap();
        assert_eq!(made.view, None);
        assert_eq!(made.preview.media_type, "image/webp");
        assert_eq!(size(&made.preview), (20, 10));
    }

    #[test]
    fn an_avatar_is_the_square_in_the_middle() {
        let paint = |x, _| {
            if (100..300).contains(&x) {
                [0, 200, 0, 255]
            } else {
                [200, 0, 0, 255]
            }
        };
        let made = avatar(Cursor::new(png(400, 200, paint))).unwrap();
        let image = image::load_from_memory(&made.bytes).unwrap().into_rgb8();
        assert_eq!(image.dimensions(), (200, 200));
        for (x, y) in [(2, 2), (197, 197)] {
            let pixel = image.get_pixel(x, y);
            assert!(pixel[1] > 150 && pixel[0] < 60, "{pixel:?}");
        }
    }

    /// A JPEG whose EXIF says that it lies on its side, and where it was taken.
    fn lying_jpeg() -> Vec<u8> {
        let image = image::RgbImage::from_fn(64, 32, |x, _| {
            image::Rgb(if x < 32 { [255, 0, 0] } else { [0, 0, 255] })
        });
        let mut jpeg = Vec::new();
        image
            .write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 95))
            .unwrap();
        let mut exif =
            b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend(b"GPS: 52.5200 N 13.4050 E");
        let mut out = jpeg[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        out.extend(&exif);
        out.extend(&jpeg[2..]);
        out
    }

    #[test]
    fn a_picture_that_lies_is_turned_upright_and_forgets_where_it_was_taken() {
        let bytes = lying_jpeg();
        let says_where = |bytes: &[u8]| {
            bytes
                .windows(4)
                .any(|part| part == b"GPS:" || part == b"Exif")
        };
        assert!(says_where(&bytes));
        let made = read(&bytes).unwrap();
        assert_eq!((made.width, made.height), (32, 64));
        let upright = image::load_from_memory(&made.preview.bytes)
            .unwrap()
            .into_rgb8();
        assert_eq!(upright.dimensions(), (32, 64));
        // Turned clockwise by a quarter, what was left is above.
        assert!(upright.get_pixel(16, 4)[0] > 200);
        assert!(upright.get_pixel(16, 60)[2] > 200);
        assert!(!says_where(&made.preview.bytes));
    }

    /// A megabyte of PNG that would unfold to two hundred.
    fn bomb(side: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, side, side);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().unwrap();
        let mut stream = writer.stream_writer().unwrap();
        let row = vec![0_u8; side as usize * 4];
        for _ in 0..side {
            std::io::Write::write_all(&mut stream, &row).unwrap();
        }
        stream.finish().unwrap();
        drop(writer);
        bytes
    }

    #[test]
    fn bombs_are_refused_before_they_are_unfolded() {
        let large = bomb(7_200);
        assert!(large.len() < 2_000_000, "{}", large.len());
        assert_eq!(read(&large), Err(Unreadable::TooLarge));
        // The head alone promises four billion pixels squared; nothing follows.
        let mut head = png(1, 1, |_, _| [0, 0, 0, 255]);
        head[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert!(read(&head).is_err());
        // A GIF whose canvas is as large as the format allows.
        let gif = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;";
        assert_eq!(read(gif), Err(Unreadable::TooLarge));
    }

    #[test]
    fn broken_and_foreign_bytes_are_refused_and_never_panic() {
        let good = png(40, 40, |x, y| [x as u8, y as u8, 7, 255]);
        let mut tried = 0;
        for at in (0..good.len()).step_by(3) {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            drop(read(&bad));
            drop(read(&good[..at]));
            tried += 2;
        }
        assert!(tried > 50);
        assert_eq!(
            read(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            Err(Unreadable::NotAPicture)
        );
        assert_eq!(read(b""), Err(Unreadable::NotAPicture));
    }
}
