//! The messages of errors. Rust refers to them by number. The build writes the texts into JavaScript, so that the WebAssembly does
//! not contain them.

macro_rules! words {
    ($($name:ident = $text:literal;)*) => {
        /// A sentence or a part of one, by number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Words {
            $(#[doc = concat!("\"", $text, "\"")] $name,)*
        }

        /// The texts, in the order of the numbers.
        pub static TEXTS: &[&str] = &[$($text),*];
    };
}

words! {
    // What happened. `{status}` and `{task}` are replaced; the service's own message follows after a colon.
    Unreached = "The service could not be reached";
    Lost = "The connection failed before a response arrived";
    NoAnswer = "The service did not answer in time";
    BrokeOff = "The response broke off";
    NoTaskId = "The response has no taskId";
    NotTask = "The response is not a task";
    OtherTask = "The response is about another task";
    NotBalance = "The response is not a balance";
    Untrusted = "Not a task as documented";
    WithoutVideo = "The task is completed without a readable video";
    Redirect = "The service sent a redirect, which must not get the key";
    Failed = "The service failed with status {status}";
    Undocumented = "The service responded with the undocumented status {status}";
    Refused = "The service refused the request";
    BadKey = "The service does not accept the API key";
    TooFewCredits = "The account has too few credits";
    Denied = "The service denies access";
    NotFound = "Not found";
    AllRunning = "The service accepts no more tasks now";
    TooOften = "Too many requests";
    TaskFailed = "The service could not make the video";
    Unclear = "It is not known whether the task was made";
    TimedOut = "Timed out before a task was created";
    TimedOutTask = "Timed out while waiting for the task {task}";
    // What to do.
    MayBeCharged = "A task may have been created and charged: look at your tasks and credits before you try again.";
    CheckConnection = "Check the connection and try again.";
    CheckBaseUrl = "Check the baseUrl.";
    NotAsDocumented = "This does not match the API documentation: check the baseUrl.";
    CheckRequest = "Check the request and the baseUrl.";
    Correct = "Correct it.";
    CheckKey = "Check it in your account settings.";
    BuyCredits = "Buy credits at seegen.ai, or ask for less.";
    OwnTasks = "A key can only ask for its own tasks.";
    CheckTaskId = "Check the task's id and the baseUrl.";
    CheckKeyAndBaseUrl = "Check the API key and the baseUrl.";
    WaitForTask = "Wait until one of the account's tasks has ended.";
    TryLater = "Try again later.";
    TryInSeconds = "Try again in a few seconds.";
    LookInHistory = "Look for it in your task history at seegen.ai.";
    WaitAgain = "Wait for it again with waitForTask.";
    DoNotTrust = "Do not trust it.";
    Nothing = "";
    // Wrong arguments and options. A name replaces `{}`.
    KeyMissing = "apiKey is missing. Pass the key from your account settings, or a baseUrl of a gateway that adds it.";
    NotKey = "apiKey must be the key alone, in visible ASCII, without `Bearer `, quotes or `NAME=` around it. Copy it again from your account settings.";
    RelativeBaseUrl = "baseUrl must be an absolute URL such as {}, or a path such as /api/sd2.";
    NotGateway = "gateway needs the baseUrl of a gateway.";
    BlockedPort = "baseUrl has a port that fetch blocks. Use another one, such as 443 or 8080.";
    BaseUrlParts = "baseUrl must have no user, query or fragment.";
    InsecureBaseUrl = "baseUrl must be https, or others can read the key. If you trust the network, set allowInsecure.";
    TwoKeys = "Pass apiKey or an Authorization header, not both.";
    NotHeader = "The header {} must be a string.";
    NotHeaders = "headers must be an object of names and strings.";
    NotMilliseconds = "{} must be a number of milliseconds above 0.";
    NotWhole = "{} must be a whole number from 0.";
    NotCount = "{} must be a whole number from 1.";
    NotFlag = "{} must be true or false.";
    NotTaskId = "taskId must be the id that createTask resolved to.";
}
