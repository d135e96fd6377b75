import CentrifugoProxy
import HTTP2FrameKit
import Logging
import Testing

/// A server without handlers, over a socket.
@Suite(.timeLimit(.minutes(1))) struct UnhandledEventTests {
    @Test("refuses every event at once, in one or two portions, and warns once of each")
    func everyEvent() async throws {
        try await TestServer.run(ProxyService(), configuration: .test()) { server in
            let connection = try await server.connect()
            for event in ProxyEvent.allCases {
                let whole = try await connection.answer(
                    to: connection.start(path: event.path, body: lengthPrefixed([]))
                )
                let id = connection.newStreamID()
                connection.send(.headers(id, RawConnection.head(event.path)))
                let early = try await connection.answer(to: id)
                for answer in [whole, early] {
                    #expect(answer.httpStatus == "200")
                    let unimplemented = event == .sharedPollRefresh || event == .notifyChannelState
                    #expect(answer.grpcStatus == (unimplemented ? "12" : "0"), "\(event)")
                    #expect(answer.body.isEmpty == unimplemented)
                }
                #expect(whole.body == early.body)
                let warnings = server.log.lines().filter { $0.metadata["event"] == "\(event.methodName)" }
                #expect(warnings.count == 1)
                #expect(warnings.first?.metadata["centrifugo"] != nil)
            }
            #expect(server.log.lines().count == ProxyEvent.allCases.count)
        }
    }

    @Test("refuses an unhandled event beside handled ones")
    func beside() async throws {
        try await TestServer.run(ProxyService(rpc: Commands()), configuration: .test()) { server in
            let connection = try await server.connect()
            let reply = try await connection.call(.connect, ConnectRequest(), as: ConnectResponse.self)
            #expect(reply == ConnectResponse(disconnect: .noHandler))
            try await connection.stillServes()
        }
    }

    @Test("checks the request first, as for any other event")
    func checks() async throws {
        try await TestServer.run(ProxyService(), configuration: .test()) { server in
            let connection = try await server.connect()
            let id = connection.start(path: ProxyEvent.connect.path, body: [], changes: ["content-type": "text/html"])
            #expect(try await connection.answer(to: id).httpStatus == "415")
        }
    }
}
