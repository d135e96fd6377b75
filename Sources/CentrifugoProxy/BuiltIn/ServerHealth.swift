import HTTP2Transport
import ProxyMessages
import Synchronization

/// The health of a server's services, as gRPC's health protocol reports it (`grpc.health.v1.Health`).
///
/// A server registers these services when it starts:
///
/// - the empty name, for the server as a whole: serving,
/// - `centrifugal.centrifugo.proxy.CentrifugoProxy`, the health service and the reflection services: serving,
/// - each event as service and method, such as `centrifugal.centrifugo.proxy.CentrifugoProxy/RPC`: serving when it has
///   a handler, and not serving otherwise.
///
/// The application may set any of them, and names of its own, before and while the server runs. When the server begins
/// to shut down, all services become not serving, and later changes have no effect: use a health object for one server,
/// or for several that stop together.
public final class ServerHealth: Sendable {
    /// Whether a service can do its work.
    public enum Status: Sendable, Hashable {
        /// It is not known whether the service works.
        case unknown
        /// The service works.
        case serving
        /// The service does not work, or is about to stop.
        case notServing
    }

    private struct Table {
        var statuses: [String: Status] = [:]
        var isShutDown = false
        /// The event loops that have watches.
        var watching: [ObjectIdentifier: LoopConfined<HealthWatches>] = [:]
    }

    private let table = Mutex(Table())

    /// Makes a health object that knows no service yet.
    public init() {}

    /// Sets the status of the server as a whole.
    public func set(_ status: Status) {
        set(status, for: "")
    }

    /// Sets the status of an event.
    public func set(_ status: Status, for event: ProxyEvent) {
        set(status, for: event.healthName)
    }

    /// Sets the status of a service by its name; peers that watch it are notified.
    public func set(_ status: Status, for service: String) {
        change { table in
            guard !table.isShutDown, table.statuses[service] != status else { return false }
            table.statuses[service] = status
            return true
        }
    }

    /// The status of a service, or of the whole server for the empty name; nil when the service is unknown.
    public func status(of service: String = "") -> Status? {
        table.withLock { $0.statuses[service] }
    }

    /// The status of every known service.
    public var statuses: [String: Status] {
        table.withLock { $0.statuses }
    }

    // MARK: The server

    /// Registers services whose status the application has not set.
    func begin(_ services: [String: Status]) {
        change { table in
            for (service, status) in services where table.statuses[service] == nil {
                table.statuses[service] = table.isShutDown ? .notServing : status
            }
            return true
        }
    }

    /// Sets all services to not serving, permanently.
    func shutDown() {
        change { table in
            table.isShutDown = true
            table.statuses = table.statuses.mapValues { _ in .notServing }
            return true
        }
    }

    /// Changes the table, and notifies the event loops with watches if a status changed.
    private func change(_ body: (inout Table) -> Bool) {
        let watching = table.withLock { table in body(&table) ? Array(table.watching.values) : [] }
        for watches in watching { watches.value.statusesChanged() }
    }

    // MARK: Watches

    /// Adds a watch, on its loop.
    func attach(_ watch: HealthWatch, on loop: ServerLoop) {
        let watches = table.withLock { table in
            if let known = table.watching[ObjectIdentifier(loop)] { return known }
            let new = LoopConfined(HealthWatches(loop: loop))
            table.watching[ObjectIdentifier(loop)] = new
            return new
        }
        watches.value.add(watch)
    }

    /// Removes a watch, on its loop.
    func detach(_ watch: HealthWatch, on loop: ServerLoop) {
        guard let watches = table.withLock({ $0.watching[ObjectIdentifier(loop)] }) else { return }
        guard watches.value.remove(watch) else { return }
        table.withLock { $0.watching[ObjectIdentifier(loop)] = nil }
    }
}

extension ProxyEvent {
    /// The name of the event's service in health checks.
    var healthName: String { "\(Self.serviceName)/\(methodName)" }
}
