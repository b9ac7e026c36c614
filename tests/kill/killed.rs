//! One child: started, listened to, killed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use crate::office::Trouble;
use crate::orders::Orders;
use crate::said::{Intention, Line};

/// A child that is killed when this is dropped, whatever happens.
pub(crate) struct Running {
    child: Child,
    /// The child ends by itself when this is closed.
    _stdin: Option<ChildStdin>,
    listener: Option<JoinHandle<Vec<Line>>>,
    heard: Receiver<Told>,
}

/// Where a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    Ready,
    Acknowledged,
    Failed,
    Closed,
}

impl Running {
    /// Starts a child by a command, whose last arguments the orders are.
    pub(crate) fn start(mut command: Command, orders: &Orders, retried: &[Intention]) -> Result<Self, Trouble> {
        let mut child = command.args(orders.args()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (sender, heard) = channel();
        // From here on the child is killed whatever fails.
        let mut running = Self { child, _stdin: None, listener: None, heard };
        let out = BufReader::new(stdout.ok_or("the child has no output")?);
        running.listener = Some(thread::spawn(move || listen(out, &sender)));
        let mut stdin = stdin.ok_or("the child has no input")?;
        for intention in retried {
            serde_json::to_writer(&mut stdin, intention)?;
            stdin.write_all(b"\n")?;
        }
        stdin.write_all(b"\n")?;
        running._stdin = Some(stdin);
        Ok(running)
    }

    /// Starts a child of a program.
    pub(crate) fn of(program: &Path, orders: &Orders, retried: &[Intention]) -> Result<Self, Trouble> {
        Self::start(Command::new(program), orders, retried)
    }

    /// Waits until the child has said something of a kind so often, and gives whether it did.
    pub(crate) fn await_said(&self, what: Told, times: usize) -> bool {
        self.heard.iter().filter(|said| *said == what).take(times).count() == times
    }

    /// Kills the child, and gives all that it had put into the pipe.
    pub(crate) fn kill(mut self) -> Result<(Vec<Line>, ExitStatus), Trouble> {
        self.child.kill()?;
        let status = self.child.wait()?;
        let lines = self.listener.take().and_then(|listener| listener.join().ok());
        Ok((lines.ok_or("the listener panicked")?, status))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where it has ended and was waited for.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Reads until the pipe ends. A last line without its end was never said.
fn listen(mut out: impl BufRead, heard: &Sender<Told>) -> Vec<Line> {
    use crate::said::Answered;
    let (mut lines, mut text) = (Vec::new(), Vec::new());
    while out.read_until(b'\n', &mut text).is_ok_and(|read| read > 0) && text.ends_with(b"\n") {
        // A line that is whole and cannot be read is a defect of the child, and shows as what was never intended.
        if let Ok(line) = serde_json::from_slice(&text) {
            let told = match &line {
                Line::Ready => Some(Told::Ready),
                Line::Closed => Some(Told::Closed),
                Line::Answered(_, Answered::Done(_)) => Some(Told::Acknowledged),
                Line::Answered(_, Answered::Failed(_)) => Some(Told::Failed),
                _ => None,
            };
            if let Some(told) = told {
                let _nobody_waits = heard.send(told);
            }
            lines.push(line);
        }
        text.clear();
    }
    lines
}
