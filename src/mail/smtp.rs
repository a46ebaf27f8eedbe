//! Sending over SMTP.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::letter::Letter;
use super::mailer::{Mailer, Refusal};

/// Sends through one mail server; connections are kept and used again.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Smtp")
    }
}

/// The address of the mail server cannot be used. The text never repeats the address, which may
/// hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Not understood.
    #[error(
        "is not the address of a mail server; valid examples are \
         smtps://user:password@mail.example.com, \
         smtp://user:password@mail.example.com:587?tls=required and smtp://127.0.0.1:25"
    )]
    NotAUrl,
    /// A password would travel in the clear.
    #[error(
        "would send the password unencrypted; write smtps://... \
         or add ?tls=required to smtp://..."
    )]
    PasswordInTheClear,
}

impl Smtp {
    /// How long each step of a delivery may take.
    pub const STEP: Duration = Duration::from_secs(30);
    /// How long one delivery may take in all. A lease on a letter must last longer.
    pub const LONGEST: Duration = Duration::from_secs(90);

    /// A server by its address: `smtp://`, `smtps://` or `smtp://...?tls=required`, with
    /// `user:password@` where the server asks for it. Call it within a tokio runtime.
    pub fn new(url: &str) -> Result<Self, SmtpUrlError> {
        let url = url.trim();
        let encrypted = url.starts_with("smtps://") || url.ends_with("?tls=required");
        if url.contains('@') && !encrypted && url.starts_with("smtp://") {
            return Err(SmtpUrlError::PasswordInTheClear);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| SmtpUrlError::NotAUrl)?
            .timeout(Some(Self::STEP))
            .build();
        Ok(Self { transport })
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, letter: &Letter) -> Result<(), Refusal> {
        let message = letter.message()?;
        match tokio::time::timeout(Self::LONGEST, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(refusal(&error)),
            Err(_) => Err(Refusal::transient("the mail server took too long")),
        }
    }
}

fn refusal(error: &Error) -> Refusal {
    let code = error.status().map(u16::from);
    let words = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    classified(code, &words)
}

/// A reply of 5xx is final, 4xx and a broken line are not (RFC 5321, 4.2.1). Replies that ask for
/// encryption or refuse the password concern the settings, not the letter (RFC 4954): once these
/// are mended the letter goes.
fn classified(code: Option<u16>, words: &str) -> Refusal {
    match code {
        None => Refusal::transient(words),
        Some(code) => {
            let said = format!("{code} {words}");
            if matches!(code, 530 | 534 | 535 | 538) || code < 500 {
                Refusal::transient(&said)
            } else {
                Refusal::permanent(&said)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundreds_are_final_and_four_hundreds_and_broken_lines_are_not() {
        for (code, permanent) in [
            (Some(550), true),
            (Some(554), true),
            (Some(501), true),
            (Some(421), false),
            (Some(451), false),
            (Some(530), false),
            (Some(535), false),
            (None, false),
        ] {
            assert_eq!(classified(code, "no").permanent, permanent, "{code:?}");
        }
    }

    #[test]
    fn the_servers_words_are_one_short_line() {
        let refusal = classified(
            Some(550),
            &format!("5.1.1 unknown\r\nuser {}", "x".repeat(900)),
        );
        assert!(
            refusal.words.starts_with("550 5.1.1 unknown user x"),
            "{}",
            refusal.words
        );
        assert_eq!(refusal.words.chars().count(), 300);
        assert_eq!(format!("{refusal:?}"), "Refusal(permanent)");
    }

    #[tokio::test]
    async fn addresses_of_servers_are_checked_and_never_repeated() {
        for url in [
            "smtp://127.0.0.1:2525",
            "smtps://user:secret@mail.example.com",
            "smtp://user:secret@mail.example.com:587?tls=required",
        ] {
            assert!(Smtp::new(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtps://u:secret@",
        ] {
            let error = Smtp::new(url).expect_err(url);
            assert_eq!(error, SmtpUrlError::NotAUrl, "{url}");
            assert!(!error.to_string().contains("secret"));
        }
        let error = Smtp::new("smtp://user:secret@mail.example.com").expect_err("in the clear");
        assert_eq!(error, SmtpUrlError::PasswordInTheClear);
    }
}
