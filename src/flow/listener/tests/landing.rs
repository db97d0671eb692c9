//! From the accepted callback to the page.

use super::*;

const SUCCESS: &str = "<h1>You are connected</h1>";
const FAILURE: &str = "<h1>Not connected</h1>";
const NEUTRAL: &str = "<h1>Back to your terminal</h1>";

fn quick() -> Limits {
    Limits {
        landing_grace: Duration::from_millis(50),
        ..Limits::default()
    }
}

async fn accepted(limits: Limits) -> (String, Landing) {
    let waiting = waiting(limits);
    let authority = waiting.authority.clone();
    let (_, landing) = waiting.end().await;
    (authority, landing)
}

/// Asks for the page, which doesn't come.
async fn ask(authority: &str) -> TcpStream {
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let request = get("/done", authority);
    stream.write_all(request.as_bytes()).await.unwrap();
    let early = timeout(Duration::from_millis(50), stream.readable()).await;
    assert!(early.is_err(), "the page came before anybody knew");
    stream
}

#[tokio::test]
async fn landing_says_success_only_when_told_and_then_the_port_is_closed() {
    let (authority, landing) = accepted(Limits::default()).await;
    let mut page = ask(&authority).await;
    landing.succeed().await;
    let answer = until_closed(&mut page).await;
    assert_eq!(status(&answer), Some(200));
    assert!(answer.contains(SUCCESS), "{answer}");
    assert!(TcpStream::connect(&authority).await.is_err());
}

#[tokio::test]
async fn landing_serves_a_page_that_is_asked_for_after_it_was_told() {
    let (authority, landing) = accepted(Limits::default()).await;
    let telling = tokio::spawn(landing.succeed());
    let favicon = exchange(&authority, get("/favicon.ico", &authority)).await;
    assert_eq!(status(&favicon), Some(404));
    let answer = exchange(&authority, get("/done", &authority)).await;
    assert!(answer.contains(SUCCESS), "{answer}");
    telling.await.unwrap();
    assert!(TcpStream::connect(&authority).await.is_err());
}

#[tokio::test]
async fn landing_that_fails_never_says_success() {
    let (authority, landing) = accepted(Limits::default()).await;
    let mut page = ask(&authority).await;
    landing.fail().await;
    let answer = until_closed(&mut page).await;
    assert!(answer.contains(FAILURE) && !answer.contains(SUCCESS));
}

#[tokio::test]
async fn landing_that_is_dropped_shows_the_neutral_page_and_closes() {
    let (authority, landing) = accepted(Limits::default()).await;
    let mut page = ask(&authority).await;
    drop(landing);
    let answer = until_closed(&mut page).await;
    assert!(answer.contains(NEUTRAL) && !answer.contains(SUCCESS));
    // Refused at once or reset a moment later, but never answered again.
    if let Ok(mut late) = TcpStream::connect(&authority).await {
        assert_eq!(until_closed(&mut late).await, "");
    }
}

#[tokio::test]
async fn landing_that_is_late_shows_the_neutral_page() {
    let limits = Limits {
        page_patience: Duration::from_millis(100),
        ..quick()
    };
    let (authority, landing) = accepted(limits).await;
    let answer = exchange(&authority, get("/done", &authority)).await;
    assert!(answer.contains(NEUTRAL) && !answer.contains(SUCCESS));
    landing.succeed().await;
    assert!(TcpStream::connect(&authority).await.is_err());
}

#[tokio::test]
async fn landing_without_a_browser_gives_up_and_closes() {
    let (authority, landing) = accepted(quick()).await;
    let ended = timeout(Duration::from_secs(10), landing.succeed()).await;
    assert!(ended.is_ok());
    assert!(TcpStream::connect(&authority).await.is_err());
}

#[tokio::test]
async fn landing_accepts_no_second_callback() {
    let waiting = waiting(Limits::default());
    let authority = waiting.authority.clone();
    let callback = waiting.callback();
    // Opened before, as browsers do, and used after.
    let mut early = TcpStream::connect(&authority).await.unwrap();
    let (judged, landing) = waiting.end().await;
    assert_eq!(judged, [QUERY]);
    early.write_all(callback.as_bytes()).await.unwrap();
    assert_eq!(status(&until_closed(&mut early).await), Some(410));
    assert_eq!(status(&exchange(&authority, &callback).await), Some(410));
    let other = get("/callback?error=access_denied&state=right", &authority);
    assert_eq!(status(&exchange(&authority, other).await), Some(410));
    drop(landing);
}

#[tokio::test]
async fn landing_page_does_not_exist_before_a_callback_is_accepted() {
    let waiting = waiting(Limits::default());
    let answer = exchange(&waiting.authority, get("/done", &waiting.authority)).await;
    assert_eq!(status(&answer), Some(404));
}
