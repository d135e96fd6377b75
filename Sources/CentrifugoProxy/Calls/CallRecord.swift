import GRPCCall
import Synchronization

/// Who calls: one for each connection.
final class Peer: Sendable {
    let address: String
    let certificate: PeerCertificate?

    init(address: String, certificate: PeerCertificate?) {
        self.address = address
        self.certificate = certificate
    }
}

/// What all copies of a call's context share: what never changes, and what is to be done when the call is over.
final class CallRecord: Sendable {
    typealias CleanUp = @Sendable (CallEnd) async -> Void

    private enum State {
        case open([CleanUp])
        case ended(CallEnd)
    }

    let event: ProxyEvent
    // The place in `RefusalReason.allCases`, from 1. A byte beside another: no call grows by it.
    private let reason = Atomic<UInt8>(0)
    let metadata: SharedMetadata
    let peer: Peer
    /// Nanoseconds of the loops' clock; nil when the call has no deadline.
    let deadline: UInt64?
    private let state = Mutex(State.open([]))

    init(event: ProxyEvent, metadata: SharedMetadata, peer: Peer, deadline: UInt64?) {
        self.event = event
        self.metadata = metadata
        self.peer = peer
        self.deadline = deadline
    }

    /// The same call without its metadata, when nobody else has this record: nobody can ask for them any more.
    static func withoutMetadata(_ call: inout CallRecord) {
        guard isKnownUniquelyReferenced(&call) else { return }
        let slim = CallRecord(event: call.event, metadata: .none, peer: call.peer, deadline: call.deadline)
        let state = call.state.withLock { $0 }
        slim.state.withLock { $0 = state }
        slim.reason.store(call.reason.load(ordering: .relaxed), ordering: .relaxed)
        call = slim
    }

    /// Why the call is refused; nil until somebody says so, from whatever thread.
    var refusalReason: RefusalReason? {
        get {
            let place = Int(reason.load(ordering: .relaxed))
            return place == 0 ? nil : RefusalReason.allCases[place - 1]
        }
        set {
            let place = newValue.flatMap { RefusalReason.allCases.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
            reason.store(UInt8(place), ordering: .relaxed)
        }
    }

    /// Keeps an action for the end, from whatever thread it is asked for.
    /// - Returns: How the call has ended already; the action was not kept then.
    func addCleanUp(_ action: @escaping CleanUp) -> CallEnd? {
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
    func end(_ end: CallEnd) -> [CleanUp] {
        state.withLock { state in
            guard case .open(let actions) = state else { return [] }
            state = .ended(end)
            return actions.isEmpty ? actions : actions.reversed()
        }
    }
}
