import CentrifugoProxy
import Logging
import Testing

@Suite struct ErrorMappingTests {
    private struct Quota: Error {}
    private protocol Storage: Error {}
    private struct Database: Storage, CustomStringConvertible {
        var transient = false
        var description: String { "password=hunter2" }
    }

    private static func mapping(_ log: LogRecorder? = nil) -> ErrorMapping {
        var errors = ErrorMapping(logger: log?.logger)
        errors.map(Quota.self, to: CentrifugoError.rateLimited)
        errors.map(Database.self, on: .connect, to: Disconnect.serverError)
        errors.map(Database.self, on: .rpc, .publish) { $0.transient ? CentrifugoError.unavailable : nil }
        errors.map((any Storage).self, on: .rpc, to: GRPCStatus(.dataLoss, "gone"))
        errors.mapOthers(on: .connect, to: Disconnect.overloaded)
        return errors
    }

    private static func thrown(
        _ error: any Error,
        on event: ProxyEvent,
        by errors: ErrorMapping = mapping()
    ) async -> any Error {
        do {
            _ = try await errors.intercept(RPCRequest(), context: CallContext(event: event)) { _, _ -> RPCResult in
                throw error
            }
            return CancellationError()
        } catch {
            return error
        }
    }

    @Test("turns errors into the refusals of the table, by type and event")
    func table() async {
        let rows: [(any Error, ProxyEvent, any Error)] = [
            (Quota(), .rpc, CentrifugoError.rateLimited),
            (Quota(), .connect, CentrifugoError.rateLimited),
            (Database(), .connect, Disconnect.serverError),
            (Database(transient: true), .rpc, CentrifugoError.unavailable),
            (Database(), .rpc, GRPCStatus(.dataLoss, "gone")),
            (Database(transient: true), .publish, CentrifugoError.unavailable),
            (CancellationError(), .publish, CancellationError()),
        ]
        for (error, event, expected) in rows {
            let thrown = await Self.thrown(error, on: event)
            #expect("\(thrown)" == "\(expected)", "\(error) on \(event)")
            #expect(type(of: thrown) == type(of: expected), "\(error) on \(event)")
        }
    }

    @Test("does not change refusals, and errors without an entry")
    func others() async {
        #expect(await Self.thrown(Database(), on: .publish) is Database)
        #expect(await Self.thrown(Database(), on: .subscribe) is Database)
        #expect(await Self.thrown(CentrifugoError.notFound, on: .connect) as? CentrifugoError == .notFound)
    }

    private struct Unexpected: Error {}

    @Test("has a last entry for all other errors")
    func anything() async {
        #expect(await Self.thrown(Unexpected(), on: .connect) as? Disconnect == .overloaded)
        #expect(await Self.thrown(Unexpected(), on: .rpc) is Unexpected)
    }

    @Test("logs the errors that it turned into refusals")
    func log() async throws {
        let log = LogRecorder()
        _ = await Self.thrown(Database(), on: .connect, by: Self.mapping(log))
        _ = await Self.thrown(Database(), on: .publish, by: Self.mapping(log))
        let line = try #require(log.lines(from: .trace).first)
        #expect(log.lines(from: .trace).count == 1)
        #expect(line.level == .notice && line.metadata["event"] == "Connect")
        #expect(line.metadata["error"] == "password=hunter2")
    }

    @Test("lets answers through")
    func answers() async throws {
        let result = try await Self.mapping().intercept(RPCRequest(), context: CallContext(event: .rpc)) { _, _ in
            RPCResult(data: "fine")
        }
        #expect(result.data == "fine")
    }

    @Test("keeps the text of a mapped error from the peer")
    func secrets() async throws {
        var errors = ErrorMapping()
        errors.map(Commands.DatabaseError.self, to: CentrifugoError.unavailable)
        try await TestServer.run(ProxyService(interceptors: [errors], rpc: Commands())) { server async throws in
            let connection = try await server.connect()
            #expect(try await connection.rpc("fail") == RPCResponse(error: .unavailable))
            #expect(server.log.lines().isEmpty)
        }
    }
}
