import ProxyMessages

/// The request, then the handler's decision, and while a task serves the stream, its subject.
///
/// Indirect, since an idle stream has none of these and should not reserve room for them.
indirect enum StreamNegotiation {
    case request(SubscribeRequest)
    case decision(Result<AcceptedSubscription, any Error>, CallSubject)
    case serving(CallSubject)

    /// The stream's subject; nil as long as only the request tells it.
    var subject: CallSubject? {
        switch self {
        case .request: nil
        case .decision(_, let subject), .serving(let subject): subject
        }
    }
}
