import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// The ranges of all limits.
@Suite(.timeLimit(.minutes(1))) struct LimitRangeTests {
    private typealias Limits = ProxyServer.Limits

    private enum End: CaseIterable {
        case below, least, most, above
    }

    /// Sets a limit to an end of its range; nil if there is no lower value.
    private static func set(_ entry: Limits.Entry, to end: End, in limits: inout Limits) {
        switch entry.place {
        case .size(let path, let range), .count(let path, let range):
            let values = [range.lowerBound - 1, range.lowerBound, range.upperBound, range.upperBound + 1]
            limits[keyPath: path] = values[End.allCases.firstIndex(of: end) ?? 0]
        case .time(let path, let range): limits[keyPath: path] = time(range, end)
        case .optionalTime(let path, let range): limits[keyPath: path] = time(range, end)
        }
    }

    private static func time(_ range: ClosedRange<Duration>, _ end: End) -> Duration {
        switch end {
        case .below: range.lowerBound - .nanoseconds(1)
        case .least: range.lowerBound
        case .most: range.upperBound
        case .above: range.upperBound + .nanoseconds(1)
        }
    }

    @Test("are each refused outside of their range, by their name", arguments: Limits.all.map(\.name))
    func refused(name: String) throws {
        let entry = try #require(Limits.all.first { $0.name == name })
        for end in [End.below, .above] {
            var limits = Limits()
            Self.set(entry, to: end, in: &limits)
            let error = #expect(throws: ProxyServerError.self) { try limits.check() }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.hasPrefix("limits.\(name) is ") == true)
            #expect(error?.message.contains("; set it from ") == true)
        }
        for end in [End.least, .most] {
            var limits = Limits()
            Self.set(entry, to: end, in: &limits)
            #expect(throws: Never.self) { try limits.check() }
        }
    }

    @Test("include every limit")
    func all() {
        #expect(Limits.all.count == Mirror(reflecting: Limits()).children.count)
        #expect(Set(Limits.all.map(\.name)) == Set(Mirror(reflecting: Limits()).children.compactMap(\.label)))
    }

    @Test("serve calls and streams at their largest values")
    func largest() async throws {
        var configuration = ProxyServer.Configuration.test()
        for entry in Limits.all { Self.set(entry, to: .most, in: &configuration.limits) }
        configuration.limits.drainDelay = .zero
        configuration.limits.gracePeriod = .zero
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            let connection = try await server.connect()
            try await connection.stillServes()
        }
    }

    @Test("never trap at their smallest values", arguments: Limits.all.map(\.name))
    func smallest(name: String) async throws {
        let entry = try #require(Limits.all.first { $0.name == name })
        var configuration = ProxyServer.Configuration.test()
        configuration.limits.gracePeriod = .zero
        Self.set(entry, to: .least, in: &configuration.limits)
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: configuration) { server in
            // Whatever happens to the call, the server can serve the next connection, and ends.
            guard let connection = try? await server.connect() else { return }
            _ = connection.start(.rpc, RPCRequest(method: "echo"))
        }
    }

    @Test("include the number of event loops", arguments: [-1, 0, 1_025, .max])
    func eventLoops(count: Int) async throws {
        let error = await #expect(throws: ProxyServerError.self) {
            try await TestServer.run(ProxyService(), configuration: .test(eventLoops: count)) { _ in }
        }
        #expect(error?.message == "eventLoops is \(count); set it from 1 to 1024, or to nil.")
    }
}
