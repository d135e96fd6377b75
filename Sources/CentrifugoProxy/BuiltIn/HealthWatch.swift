import HTTP2Transport
import ProxyMessages
import Synchronization

/// One `Watch` call: sends a service's status at once, and again whenever it is another one than was sent last.
///
/// It keeps no queue: a peer that reads slowly misses what changed and changed again meanwhile. On its stream's loop.
final class HealthWatch: BuiltInStream.Sender {
    private let health: ServerHealth
    private let service: String
    private let stream: BuiltInStream
    private var sent: HealthCheckResponse.ServingStatus?
    /// The place among the loop's watches.
    fileprivate var index = 0

    init(_ health: ServerHealth, service: String, stream: BuiltInStream) {
        self.health = health
        self.service = service
        self.stream = stream
    }

    /// Sends the first status and listens for others.
    func begin() throws {
        stream.keepOpen(for: self)
        // Before the status is read, so that no change falls between.
        health.attach(self, on: stream.connection.shared.loop)
        try sendIfChanged()
    }

    private func sendIfChanged() throws {
        guard !stream.isBlocked else { return }
        let status = HealthCheckResponse.ServingStatus(health.status(of: service))
        guard status != sent else { return }
        sent = status
        try stream.send(HealthCheckResponse(status: status))
    }

    /// Looks whether there is something to tell, and sends it without waiting for the end of the tick: at a shutdown
    /// the status has to be out before GOAWAY, which would overtake it.
    fileprivate func statusesChanged() {
        hasRoom()
        stream.flush()
    }

    func hasRoom() {
        // A status is never too large.
        try? sendIfChanged()
    }

    func streamEnded() {
        health.detach(self, on: stream.connection.shared.loop)
    }
}

/// The watches of one event loop.
///
/// On that loop, but for `statusesChanged`.
final class HealthWatches: Sendable {
    private let loop: LoopConfined<ServerLoop>
    private let watches = LoopConfined(List())
    /// Whether the loop is told already, so that changes do not queue up in front of it.
    private let isTold = Atomic(false)

    private final class List {
        var watches: [HealthWatch] = []
    }

    init(loop: ServerLoop) {
        self.loop = LoopConfined(loop)
    }

    func add(_ watch: HealthWatch) {
        watch.index = watches.value.watches.count
        watches.value.watches.append(watch)
    }

    /// Takes a watch out; the last one takes its place.
    /// - Returns: Whether none is left.
    func remove(_ watch: HealthWatch) -> Bool {
        let list = watches.value
        let last = list.watches.removeLast()
        if last !== watch {
            last.index = watch.index
            list.watches[watch.index] = last
        }
        return list.watches.isEmpty
    }

    /// Has the watches look at the statuses; from any thread.
    func statusesChanged() {
        guard !isTold.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.value.execute { [self] in
            // First, so that a change from now on tells the loop again.
            isTold.store(false, ordering: .sequentiallyConsistent)
            for watch in watches.value.watches { watch.statusesChanged() }
        }
    }
}

extension HealthCheckResponse.ServingStatus {
    /// The wire's status; a service that is not known has one of its own.
    init(_ status: ServerHealth.Status?) {
        self =
            switch status {
            case .unknown: .unknown
            case .serving: .serving
            case .notServing: .notServing
            case nil: .serviceUnknown
            }
    }
}
