//! Strangers in numbers.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::sync::mpsc::TryRecvError;
use std::thread;

use super::*;

/// A fifth of what the long trial sends, unless `SIEGE` says how many.
fn junk_count() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "it says how long a trial is, not how the program runs"
    )]
    let asked = std::env::var("SIEGE");
    asked
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(2_000)
}

/// A seeded sequence of requests that are almost right.
fn junk(authority: &str, count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    (0..count).map(move |_| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let number = seed >> 33;
        match number % 8 {
            0 => get(&format!("/callback?code=x&state={number}"), authority).into_bytes(),
            1 => get("/callback?error=access_denied", authority).into_bytes(),
            2 => get("/favicon.ico", authority).into_bytes(),
            3 => get(&format!("/callback?{QUERY}"), "evil.example").into_bytes(),
            4 => format!("POST /callback?{QUERY} HTTP/1.1\r\nHost: {authority}\r\n\r\n").into(),
            5 => format!("GET / HTTP/1.1\r\nHost: {}", "y".repeat(20_000)).into(),
            6 => seed.to_le_bytes().repeat(16),
            _ => Vec::new(),
        }
    })
}

#[tokio::test]
async fn wait_is_ended_by_the_real_callback_after_thousands_of_junk_and_half_open_requests() {
    let count = junk_count();
    let waiting = waiting(Limits::default());
    let authority = waiting.authority.clone();
    let before = resident_kilobytes();
    // Blocking clients in a thread of their own, for they may not hold up the runtime they besiege.
    let strangers = tokio::task::spawn_blocking(move || {
        for request in junk(&authority, count) {
            let mut stream = std::net::TcpStream::connect(&authority).unwrap();
            let _refused = stream.write_all(&request);
            if request.starts_with(b"GET /callback?code") {
                let _reset = stream.read(&mut [0; 64]);
            }
        }
        let half_open = |_| {
            let mut stream = std::net::TcpStream::connect(&authority).unwrap();
            let _dropped = stream.write_all(b"GET /callback?code=");
            stream
        };
        (0..count / 10).map(half_open).collect::<Vec<_>>()
    });
    let held = strangers.await.unwrap();
    let ending = timeout(Duration::from_secs(2), waiting.end());
    let (judged, landing) = ending.await.expect("the real callback was kept out");
    assert!(judged.len() > count / 10, "{} were judged", judged.len());
    if count >= 10_000 {
        // Only the long trial runs alone, so only there the growth is this listener's.
        let grown = resident_kilobytes().saturating_sub(before);
        assert!(grown < 32 * 1024, "{grown} KiB");
    }
    drop((landing, held));
}

#[tokio::test]
async fn wait_is_ended_by_the_real_callback_while_half_open_connections_keep_coming() {
    let waiting = waiting(Limits::default());
    let authority = waiting.authority.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let (begun, siege) = tokio::sync::oneshot::channel();
    let strangers = thread::spawn(move || {
        let mut begun = Some(begun);
        let mut held = VecDeque::new();
        while stopped.try_recv() == Err(TryRecvError::Empty) {
            let Ok(mut stream) = std::net::TcpStream::connect(&authority) else {
                break;
            };
            let _dropped = stream.write_all(b"GET /callback");
            held.push_back(stream);
            if held.len() > 100 {
                held.pop_front();
                begun.take().map(|begun| begun.send(()));
            }
        }
    });
    siege.await.unwrap();
    let ended = timeout(Duration::from_secs(10), waiting.end()).await;
    let _stopped_itself = stop.send(());
    strangers.join().unwrap();
    let (judged, _landing) = ended.expect("the real callback was kept out");
    assert_eq!(judged, [QUERY]);
}

#[tokio::test]
async fn connections_beyond_the_limit_drop_the_oldest() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let waiting = waiting(limits);
    let mut oldest = TcpStream::connect(&waiting.authority).await.unwrap();
    let second = TcpStream::connect(&waiting.authority).await.unwrap();
    let third = TcpStream::connect(&waiting.authority).await.unwrap();
    assert_eq!(until_closed(&mut oldest).await, "");
    for mut kept in [second, third] {
        let request = get("/", &waiting.authority);
        kept.write_all(request.as_bytes()).await.unwrap();
        assert_eq!(status(&until_closed(&mut kept).await), Some(404));
    }
}

#[tokio::test]
async fn requests_that_are_never_finished_are_dropped_at_their_time() {
    let limits = Limits {
        head_time: Duration::from_millis(50),
        ..Limits::default()
    };
    let waiting = waiting(limits);
    for begin in ["", "GET", "GET /callback?", "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let answer = exchange(&waiting.authority, begin).await;
        assert!(matches!(status(&answer), None | Some(408)), "{begin:?}");
    }
    let _landing = waiting.end().await;
}

/// Run by the test below in a process of its own, all of whose descriptors it takes.
#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "started by wait_goes_on_when_descriptors_have_run_out"]
async fn alone_without_descriptors() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let few = Rlimit {
        current: Some(64),
        maximum: Some(64),
    };
    setrlimit(Resource::Nofile, few).unwrap();
    let waiting = waiting(Limits::default());
    // Connected by the kernel, but not accepted: this task has not let the other one run.
    let mut client = connect_without_yielding(&waiting.authority);
    let mut taken = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        taken.push(file);
    }
    let callback = waiting.callback();
    client.write_all(callback.as_bytes()).await.unwrap();
    let early = timeout(Duration::from_millis(100), client.readable()).await;
    assert!(early.is_err(), "there was a descriptor left");
    drop(taken);
    assert_eq!(status(&until_closed(&mut client).await), Some(303));
    let _landing = waiting.wait.await.unwrap().unwrap();
}

#[cfg(target_os = "linux")]
fn connect_without_yielding(authority: &str) -> TcpStream {
    let stream = std::net::TcpStream::connect(authority).unwrap();
    stream.set_nonblocking(true).unwrap();
    TcpStream::from_std(stream).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn wait_goes_on_when_descriptors_have_run_out() {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored"])
        .arg("flow::listener::tests::siege::alone_without_descriptors")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

/// Zero where the system doesn't say.
fn resident_kilobytes() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            let value = line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?;
            value.parse().ok()
        })
        .unwrap_or_default()
}
