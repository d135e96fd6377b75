import MetricsExposition
import Testing

@testable import ProxyAdmin

/// What becomes of connections whose peers are silent, slow or gone, and at a shutdown.
@Suite(.timeLimit(.minutes(1))) struct AdminConnectionsTests {
    private static let ok = "HTTP/1.1 200 OK\r\n"
    private static let probe = AdminPeer.get("/livez")

    /// A scrape that does not fit into the buffers of a connection.
    private static let large: @Sendable () async -> [MetricFamily] = {
        let label = MetricLabel("long", String(repeating: "x", count: 6 * 1_024 * 1_024))
        return [MetricFamily("large", .gauge, help: "", series: [.init([label], .number(1))])]
    }

    @Test("closes connections that send no whole request in time")
    func silent() async throws {
        try await AdminPeer.run({ $0.limits.requestTimeout = .milliseconds(50) }) { served async throws in
            #expect(try await AdminPeer.exchange(served.port, "GET /livez HTTP/1.1\r\n") == "")
            #expect(try await AdminPeer.exchange(served.port, "") == "")
            // After its answer as well: it ends.
            _ = try await AdminPeer.exchange(served.port, "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
        }
    }

    @Test("closes the connection that is silent longest when there are too many, and answers the new one")
    func tooMany() async throws {
        try await AdminPeer.run({ configuration in
            configuration.limits.requestTimeout = .seconds(600)
            configuration.limits.maxConnections = 3
        }) { served async throws in
            let first = try await AdminPeer.Connection(served.port)
            await first.send("GET /livez HTTP/1.1\r\n")
            let second = try await AdminPeer.Connection(served.port)
            // Connections are accepted in their order, and this one waits for a request since its answer.
            let third = try await AdminPeer.Connection(served.port)
            await third.send("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(try await AdminPeer.exchange(served.port, Self.probe).hasPrefix(Self.ok))
            #expect(await first.rest() == "")
            // Now it is the oldest.
            #expect(second.isOpen)
            let others = [try await AdminPeer.Connection(served.port), try await AdminPeer.Connection(served.port)]
            #expect(await second.rest() == "")
            for peer in others + [third] { await peer.close() }
        }
    }

    @Test("answers probes while many connections read no answer")
    func slowReaders() async throws {
        try await AdminPeer.run({ $0.limits.maxConnections = 2 }, metrics: Self.large) { served async throws in
            var readers: [AdminPeer.Connection] = []
            for _ in 0..<4 {
                let reader = try await AdminPeer.Connection(served.port, reads: false)
                await reader.send(AdminPeer.get("/metrics"))
                readers.append(reader)
                #expect(try await AdminPeer.exchange(served.port, Self.probe).hasPrefix(Self.ok))
            }
            for reader in readers { await reader.close() }
        }
    }

    @Test("closes a connection that does not read its answer in time")
    func slowReader() async throws {
        try await AdminPeer.run({ $0.limits.answerTimeout = .milliseconds(100) }, metrics: Self.large) {
            served async throws in
            let reader = try await AdminPeer.Connection(served.port, reads: false)
            await reader.send(AdminPeer.get("/metrics"))
            while reader.isOpen {
                // It learns of the end only when it writes; a probe takes some time.
                await reader.send("x")
                _ = try await AdminPeer.exchange(served.port, Self.probe)
            }
        }
    }

    @Test("answers a peer that has ended its side after its requests")
    func halfClose() async throws {
        try await AdminPeer.run({ $0.limits.requestTimeout = .seconds(600) }) { served async throws in
            func answers(_ request: String) async throws -> String {
                try await AdminPeer.exchange(served.port, request, halfCloses: true)
            }
            #expect(try await answers(Self.probe).hasSuffix("\r\n\r\nok\n"))
            let kept = "GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n"
            #expect(try await answers(kept).hasSuffix("calls_total 7\n"))
            let both = try await answers(kept + "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n")
            #expect(both.contains("calls_total 7\nHTTP/1.1 200 OK\r\n") && both.hasSuffix("ok\n"))
            #expect(try await answers("") == "")
            #expect(try await answers("GET /livez HTTP/1.1\r\n").hasPrefix("HTTP/1.1 400 "))
            let large = AdminPeer.get("/" + String(repeating: "a", count: 20_000))
            #expect(try await answers(large).hasPrefix("HTTP/1.1 431 "))
            #expect(
                try await answers(AdminPeer.get("/livez", "content-length: 1\r\n") + "x").hasPrefix("HTTP/1.1 413 ")
            )
        }
    }

    @Test("lets answers end at a shutdown, and closes what waits for a request")
    func shutdown() async throws {
        let gate = ScrapeGate()
        let metrics: @Sendable () async -> [MetricFamily] = {
            await gate.pass()
            return [MetricFamily("late", .gauge, help: "", series: [.init([], .number(1))])]
        }
        try await AdminPeer.run({ $0.limits.gracePeriod = .seconds(600) }, metrics: metrics) { served async throws in
            let scrape = try await AdminPeer.Connection(served.port)
            await scrape.send("GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n")
            await gate.reached()
            let silent = try await AdminPeer.Connection(served.port)
            #expect(try await AdminPeer.exchange(served.port, Self.probe).hasPrefix(Self.ok))
            await served.shutDown()
            #expect(await silent.rest() == "")
            gate.open()
            let answer = await scrape.rest()
            #expect(answer.hasPrefix(Self.ok) && answer.contains("connection: close") && answer.hasSuffix("late 1.0\n"))
        }
    }

    @Test("waits for answers no longer than the grace period")
    func grace() async throws {
        let gate = ScrapeGate()
        let metrics: @Sendable () async -> [MetricFamily] = {
            await gate.pass()
            return []
        }
        try await AdminPeer.run({ $0.limits.gracePeriod = .milliseconds(1) }, metrics: metrics) { served async throws in
            let scrape = try await AdminPeer.Connection(served.port)
            await scrape.send(AdminPeer.get("/metrics"))
            await gate.reached()
            await served.shutDown()
            #expect(await scrape.rest() == "")
        }
        gate.open()
    }
}
