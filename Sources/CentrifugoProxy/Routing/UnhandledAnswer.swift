import GRPCCall
import Logging
import ProtobufWire
import ProxyMessages

/// The answer to a call of an event without a handler: a refusal, at once.
///
/// Silence would cost the peer its timeout, and an empty answer would mean "allowed".
enum UnhandledAnswer {
    /// A reply with its length prefix, and what it says.
    case encoded([UInt8], CallVerdict)
    case status(GRPCStatus)

    /// The answer with a reply to an event's calls.
    static func reply<Result: RoutedResult>(
        _ reply: Reply<Result>,
        to event: ProxyEvent
    ) -> UnhandledAnswer {
        .encoded(reply.lengthPrefixed(), CallVerdict(reply, of: event))
    }

    /// What the answer says.
    func verdict(of event: ProxyEvent) -> CallVerdict {
        switch self {
        case .encoded(_, let verdict): verdict
        case .status(let status): CallVerdict(failed: status, of: event)
        }
    }
}

extension GRPCStatus {
    /// For events in whose answers nothing can be refused.
    static func noHandler(of event: ProxyEvent) -> GRPCStatus {
        GRPCStatus(.unimplemented, "no handler for \(event.methodName)")
    }
}

extension Logger {
    /// Warns of a call whose event has no handler.
    func unhandled(_ event: ProxyEvent) {
        warning(
            "an event has no handler and is refused; register one, or switch the proxy off in Centrifugo",
            metadata: [
                "event": "\(event.methodName)", "centrifugo": "\(event.definition.centrifugoOption)",
                "reason": "\(RefusalReason.noRule)",
            ]
        )
    }
}
