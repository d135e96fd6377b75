public import GRPCCall
import Synchronization

/// How a call ended, as its peer saw it.
public enum CallEnd: Sendable, Hashable {
    /// With the handler's answer or refusal in the event's own terms; a stream, with the status OK.
    case answered
    /// With a status: the handler failed, the deadline passed, the server shut down, a stream was interrupted.
    case failed(GRPCStatus)
    /// With nothing: the peer reset the stream, or its connection was lost. A subscription's client has left.
    case abandoned
}

/// What is to be done when a call is over, from whatever thread it is asked for.
final class CleanUps: Sendable {
    typealias Action = @Sendable (CallEnd) async -> Void

    private enum State {
        case open([Action])
        case ended(CallEnd)
    }

    private let state = Mutex(State.open([]))

    /// Keeps an action for the end.
    /// - Returns: How the call has ended already; the action was not kept then.
    func add(_ action: @escaping Action) -> CallEnd? {
        state.withLock { state in
            switch state {
            case .open(let actions):
                state = .open(actions + [action])
                return nil
            case .ended(let end): return end
            }
        }
    }

    /// Takes what was kept, the last first; what comes later is not kept.
    func end(_ end: CallEnd) -> [Action] {
        state.withLock { state in
            guard case .open(let actions) = state else { return [] }
            state = .ended(end)
            return actions.reversed()
        }
    }
}
