import ProxyMessages

/// What the handler is asked, then what it has decided, and what the stream is about while a task serves it.
///
/// Indirect, since an idle stream has none and would keep room for all: a quarter of its memory.
indirect enum StreamNegotiation {
    case request(SubscribeRequest)
    case decision(Result<AcceptedSubscription, any Error>, CallSubject)
    case serving(CallSubject)

    /// What the stream is about; nil while that is the request's to say.
    var subject: CallSubject? {
        switch self {
        case .request: nil
        case .decision(_, let subject), .serving(let subject): subject
        }
    }
}
