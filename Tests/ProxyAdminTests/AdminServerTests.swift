import CentrifugoProxy
import Testing

@testable import ProxyAdmin

@Suite(.timeLimit(.minutes(1))) struct AdminServerTests {
    @Test("answers what operators ask for, and nothing else")
    func paths() async throws {
        let health = ServerHealth()
        health.set(.serving)
        try await AdminPeer.run(health: health) { served async throws in
            let port = served.port
            let metrics = try await AdminPeer.exchange(port, AdminPeer.get("/metrics"))
            #expect(metrics.hasPrefix("HTTP/1.1 200 OK\r\n") && metrics.contains("text/plain; version=0.0.4"))
            #expect(metrics.hasSuffix("\ncalls_total 7\n"))
            let open = try await AdminPeer.exchange(
                port,
                AdminPeer.get("/metrics", "accept: application/openmetrics-text\r\n")
            )
            #expect(open.contains("application/openmetrics-text; version=1.0.0") && open.hasSuffix("# EOF\n"))
            #expect(try await AdminPeer.exchange(port, AdminPeer.get("/livez?verbose")).hasPrefix("HTTP/1.1 200 "))
            #expect(try await AdminPeer.exchange(port, AdminPeer.get("/readyz")).hasPrefix("HTTP/1.1 200 "))
            health.set(.notServing)
            #expect(try await AdminPeer.exchange(port, AdminPeer.get("/readyz")).hasPrefix("HTTP/1.1 503 "))
            let version = try await AdminPeer.exchange(port, AdminPeer.get("/version"))
            #expect(version.hasSuffix(#"{"name":"centrifugo-proxy","version":"1.0.0"}"# + "\n"))
            let head = try await AdminPeer.exchange(port, AdminPeer.get("/metrics", method: "HEAD"))
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
            #expect(try await AdminPeer.exchange(port, AdminPeer.get("/")).hasPrefix("HTTP/1.1 404 "))
            #expect(try await AdminPeer.exchange(port, AdminPeer.get("/metrics/")).hasPrefix("HTTP/1.1 404 "))
            let post = try await AdminPeer.exchange(port, AdminPeer.get("/metrics", method: "POST"))
            #expect(post.hasPrefix("HTTP/1.1 405 ") && post.contains("allow: GET, HEAD\r\n"))
        }
    }

    @Test("answers bad requests with a status, or by closing, and goes on")
    func hostile() async throws {
        try await AdminPeer.run { served async throws in
            let port = served.port
            let large = AdminPeer.get("/" + String(repeating: "a", count: 20_000))
            #expect(try await AdminPeer.exchange(port, large).hasPrefix("HTTP/1.1 431 "))
            let fields = String(repeating: "x: y\r\n", count: 5_000)
            let refusal = try await AdminPeer.exchange(port, AdminPeer.get("/livez", fields))
            #expect(refusal.hasPrefix("HTTP/1.1 431 ") || refusal.hasPrefix("HTTP/1.1 400 "), "\(refusal)")
            let body = AdminPeer.get("/livez", "content-length: 3\r\n") + "abc"
            #expect(try await AdminPeer.exchange(port, body).hasPrefix("HTTP/1.1 413 "))
            let expecting = AdminPeer.get("/livez", "content-length: 3\r\nexpect: 100-continue\r\n")
            #expect(try await AdminPeer.exchange(port, expecting).hasPrefix("HTTP/1.1 413 "))
            #expect(try await AdminPeer.exchange(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").hasPrefix("HTTP/1.1 "))
            _ = try await AdminPeer.exchange(port, "\u{16}\u{3}\u{1} no HTTP at all\r\n\r\n")
            let pipelined = "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n" + AdminPeer.get("/nothing")
            let answers = try await AdminPeer.exchange(port, pipelined)
            #expect(answers.hasPrefix("HTTP/1.1 200 ") && answers.contains("HTTP/1.1 404 "))
            #expect(try await AdminPeer.exchange(port, AdminPeer.get("/livez")).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("asks for its token, which can be replaced, but not for probes")
    func token() async throws {
        try await AdminPeer.run({ $0.token = "open-sesame" }) { served async throws in
            let port = served.port
            func status(_ fields: String, _ path: String = "/metrics") async throws -> String {
                String(try await AdminPeer.exchange(port, AdminPeer.get(path, fields)).prefix(12))
            }
            #expect(try await status("") == "HTTP/1.1 401")
            #expect(try await status("authorization: Bearer open-sesamE\r\n") == "HTTP/1.1 401")
            #expect(try await status("authorization: Bearer open\r\n") == "HTTP/1.1 401")
            #expect(try await status("authorization: Basic open-sesame\r\n") == "HTTP/1.1 401")
            let twice = "authorization: Bearer open-sesame\r\nauthorization: Bearer open-sesame\r\n"
            #expect(try await status(twice) == "HTTP/1.1 401")
            #expect(try await status("authorization: bearer open-sesame\r\n") == "HTTP/1.1 200")
            #expect(try await status("", "/livez") == "HTTP/1.1 200")
            #expect(try await status("", "/version") == "HTTP/1.1 401")
            served.server.replaceToken(by: "other")
            #expect(try await status("authorization: Bearer open-sesame\r\n") == "HTTP/1.1 401")
            #expect(try await status("authorization: Bearer other\r\n") == "HTTP/1.1 200")
        }
    }

    @Test("refuses to serve strangers without TLS and a token, and an address in use")
    func refusals() async throws {
        await #expect {
            try await AdminPeer.run({ $0.listener = .tcp(host: "0.0.0.0", port: 0) }) { _ in }
        } throws: { error in
            "\(error)".contains("Other machines can reach the admin listener on 0.0.0.0:")
        }
        try await AdminPeer.run { served async throws in
            let port = served.port
            await #expect {
                try await AdminPeer.run({ $0.listener = .tcp(port: port) }) { _ in }
            } throws: { error in
                (error as? ProxyServerError)?.code == .addressInUse
            }
        }
    }
}
