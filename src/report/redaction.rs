//! Texts without the secrets that stand in them.

/// What stands for a secret.
const MASK: &str = "***";

/// The address of a database or a server without its password, wherever in it that stands.
pub fn address(url: &str) -> String {
    let (start, query) = url
        .split_once('?')
        .map_or((url, None), |(start, query)| (start, Some(query)));
    let mut text = match start.split_once("://") {
        Some((scheme, rest)) => {
            // A password may hold an `@` itself, so the last one before the path counts; one that
            // holds a `/` is no valid address, and hides all that follows.
            let (login, host) = rest.rsplit_once('@').unwrap_or(("", rest));
            match login.split_once(':') {
                Some((user, _)) => format!("{scheme}://{user}:{MASK}@{host}"),
                None if login.is_empty() => start.to_owned(),
                None => format!("{scheme}://{login}@{host}"),
            }
        }
        None => start.to_owned(),
    };
    for (at, part) in query
        .unwrap_or("")
        .split('&')
        .filter(|part| !part.is_empty())
        .enumerate()
    {
        text.push(if at == 0 { '?' } else { '&' });
        match part.split_once('=') {
            Some((name, _)) if name.to_ascii_lowercase().contains("password") => {
                text += &format!("{name}={MASK}");
            }
            _ => text += part,
        }
    }
    text
}
