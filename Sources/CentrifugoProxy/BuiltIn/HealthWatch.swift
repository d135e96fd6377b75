import HTTP2Transport
import ProxyMessages
import Synchronization

/// One `Watch` call: sends a service's status at once, and again whenever it differs from the last one sent.
///
/// It keeps no queue: a peer that reads slowly misses changes that were undone meanwhile. On its stream's loop.
final class HealthWatch: BuiltInStream.Sender {
    private let health: ServerHealth
    private let service: String
    private let stream: BuiltInStream
    private var sent: HealthCheckResponse.ServingStatus?
    /// The watch's index among the loop's watches.
    fileprivate var index = 0

    init(_ health: ServerHealth, service: String, stream: BuiltInStream) {
        self.health = health
        self.service = service
        self.stream = stream
    }

    /// Sends the first status and starts listening for changes.
    func begin() throws {
        stream.keepOpen(for: self)
        // Attached before the status is read, so that no change is missed in between.
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

    /// Sends the status if it has changed, without waiting for the end of the tick: at a shutdown the status has to be
    /// sent before GOAWAY, which would overtake it.
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
/// On that loop, except for `statusesChanged`.
final class HealthWatches: Sendable {
    private let loop: LoopConfined<ServerLoop>
    private let watches = LoopConfined(List())
    /// Whether the loop has already been notified, so that notifications do not pile up.
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

    /// Removes a watch, and moves the last one to its index.
    /// - Returns: Whether no watch is left.
    func remove(_ watch: HealthWatch) -> Bool {
        let list = watches.value
        let last = list.watches.removeLast()
        if last !== watch {
            last.index = watch.index
            list.watches[watch.index] = last
        }
        return list.watches.isEmpty
    }

    /// Makes the watches check the statuses; from any thread.
    func statusesChanged() {
        guard !isTold.exchange(true, ordering: .acquiringAndReleasing) else { return }
        loop.value.execute { [self] in
            // Reset first, so that any later change notifies the loop again.
            isTold.store(false, ordering: .sequentiallyConsistent)
            for watch in watches.value.watches { watch.statusesChanged() }
        }
    }
}

extension HealthCheckResponse.ServingStatus {
    /// The status on the wire; an unknown service has a status of its own.
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
