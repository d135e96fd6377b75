import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import ProxyMessages
import Testing

/// One row of a table: an outcome, and what it should be.
private struct Row {
    let outcome: SimulatedOutcome
    let effect: SimulatedOutcome.Effect
    let next: NextStep?
    let traps: [SimulatorWarning.Kind]

    init(
        _ outcome: SimulatedOutcome,
        _ effect: SimulatedOutcome.Effect,
        _ next: NextStep? = nil,
        traps: [SimulatorWarning.Kind] = []
    ) {
        (self.outcome, self.effect, self.next, self.traps) = (outcome, effect, next, traps)
    }

    func check(_ sourceLocation: SourceLocation = #_sourceLocation) {
        let isRight = outcome.effect == effect && outcome.next == next && outcome.traps == traps
        #expect(isRight, "\(outcome) instead of \(effect)", sourceLocation: sourceLocation)
    }
}

@Suite struct SimulatorTests {
    private static let now: Int64 = 1_800_000_000
    private let simulator = Simulator(now: now)
    private let expired = SimulatedOutcome.Effect.closed(code: 3005, reason: "connection expired")
    private let unreadable = SimulatedOutcome.Effect.closed(code: 3506, reason: "inappropriate protocol")
    private let mapAccepted = SimulatedOutcome.Effect.acceptedWithError(code: 107, message: "bad request")
    private let failed = SimulatedOutcome.Effect.error(code: 100, message: "internal server error")

    @Test("says what becomes of a connect")
    func connect() throws {
        let rows = [
            Row(
                simulator.connect(ConnectResponse()),
                .closed(code: 3501, reason: "bad request"),
                .staysClosed,
                traps: [.missingResult]
            ),
            Row(
                simulator.connect(ConnectResponse(result: ConnectResult())),
                .connected(user: "", expires: .never),
                traps: [.emptyAnswerAllows]
            ),
            Row(
                simulator.connect(ConnectResponse(result: ConnectResult(user: "alice", expireAt: Self.now + 60))),
                .connected(user: "alice", expires: .at(Self.now + 60))
            ),
            Row(
                simulator.connect(ConnectResponse(result: ConnectResult(user: "alice", expireAt: Self.now - 1))),
                .error(code: 110, message: "expired"),
                .staysClosed,
                traps: [.timeInThePast]
            ),
            Row(
                simulator.connect(ConnectResponse(result: ConnectResult(user: "alice", expireAt: Self.now * 1_000))),
                .connected(user: "alice", expires: .at(Self.now + 365 * 86_400)),
                traps: [.timeTooFar]
            ),
            Row(
                Simulator(namespaces: ["chat"]).connect(
                    ConnectResponse(
                        result: ConnectResult(user: "a", channels: ["chat:1", "news"], subs: ["x:1": .init()])
                    )
                ),
                .error(code: 102, message: "unknown channel"),
                .staysClosed,
                traps: [.unknownNamespace]
            ),
            Row(
                simulator.connect(
                    ConnectResponse(result: ConnectResult(user: "a", channels: ["b"])),
                    wishes: ["b", "c"]
                ),
                .connected(user: "a", expires: .never),
                traps: [.wishIgnored]
            ),
            Row(
                simulator.connect(
                    ConnectResponse(result: ConnectResult(user: "a", data: .bytes([0xFF]), meta: .bytes([1])))
                ),
                unreadable,
                .staysClosed,
                traps: [.notJSON, .notJSON]
            ),
            Row(simulator.failure(of: .connect), failed, .reconnects),
            Row(
                simulator.connect(ConnectResponse(error: .unavailable)),
                .error(code: 503, message: "unavailable"),
                .reconnects
            ),
            Row(
                simulator.connect(ConnectResponse(error: .badRequest)),
                .error(code: 400, message: "bad request"),
                .staysClosed
            ),
        ]
        for row in rows { row.check() }
    }

    @Test("lets a disconnect win over an error, and an error over a result")
    func precedence() {
        let result = RPCResult(data: .bytes([0x31]))
        Row(
            simulator.rpc(RPCResponse(result: result, error: .notFound, disconnect: .unauthorized)),
            .closed(code: 4500, reason: "unauthorized"),
            .staysClosed,
            traps: [.ignoredField, .ignoredField]
        ).check()
        Row(
            simulator.rpc(RPCResponse(result: result, error: .notFound)),
            .error(code: 404, message: "not found"),
            .reportsError,
            traps: [.ignoredField]
        ).check()
    }

    @Test(
        "knows the codes after which an SDK connects again",
        arguments: [
            (0, NextStep.reconnects, true), (3000, .reconnects, true), (3500, .staysClosed, true),
            (4000, .reconnects, false), (4499, .reconnects, false), (4500, .staysClosed, false),
            (4999, .staysClosed, false), (5000, .reconnects, true),
        ] as [(UInt32, NextStep, Bool)]
    )
    func codes(code: UInt32, next: NextStep, isOutOfRange: Bool) {
        let outcome = simulator.publish(PublishResponse(disconnect: Disconnect(uncheckedCode: code, reason: "x")))
        #expect(outcome.next == next)
        #expect(outcome.traps == (isOutOfRange ? [.codeOutOfRange] : []))
    }

    @Test("warns of reasons and of errors' codes that nobody checks")
    func unchecked() {
        for (reason, traps) in [
            (String(repeating: "x", count: 32), []), (String(repeating: "x", count: 33), [.badReason]),
            (String(repeating: "x", count: 124), [.badReason]), ("weg für immer", [.badReason]),
        ] as [(String, [SimulatorWarning.Kind])] {
            let disconnect = Disconnect(uncheckedCode: 4000, reason: reason)
            #expect(simulator.connect(ConnectResponse(disconnect: disconnect)).traps == traps)
        }
        for (code, next) in [(99, NextStep.subscribesAgain), (109, .subscribesAgain), (399, .staysUnsubscribed)] {
            let error = CentrifugoError(uncheckedCode: UInt32(code), message: "x")
            let outcome = simulator.subscribe(SubscribeResponse(error: error))
            #expect(outcome.traps == [.codeOutOfRange] && outcome.next == next, "\(code)")
        }
    }

    @Test("says what becomes of a connection that expires")
    func refresh() {
        let rows = [
            Row(simulator.refresh(RefreshResponse()), expired, .reconnects, traps: [.missingResult]),
            Row(simulator.refresh(RefreshResponse(result: .expired)), expired, .reconnects),
            Row(
                simulator.refresh(RefreshResponse(result: .prolonged(until: 0))),
                expired,
                .reconnects,
                traps: [.zeroEndsConnection]
            ),
            Row(
                simulator.refresh(RefreshResponse(result: .prolonged(until: 1))),
                expired,
                .reconnects,
                traps: [.timeInThePast]
            ),
            Row(
                simulator.refresh(RefreshResponse(result: .prolonged(until: Self.now + 60))),
                .prolonged(.at(Self.now + 60))
            ),
            Row(
                simulator.refresh(RefreshResponse(disconnect: .unauthorized)),
                expired,
                .reconnects,
                traps: [.ignoredField, .missingResult]
            ),
            Row(simulator.failure(of: .refresh), .keptForAMinute, .staysForAMinute),
        ]
        for row in rows { row.check() }
    }

    @Test("says what becomes of a subscription that expires")
    func subRefresh() {
        let rows = [
            Row(
                simulator.subRefresh(SubRefreshResponse()),
                .unsubscribed(code: 2501),
                .subscribesAgain,
                traps: [.missingResult]
            ),
            Row(simulator.subRefresh(.init(result: .expired)), .unsubscribed(code: 2501), .subscribesAgain),
            Row(
                simulator.subRefresh(.init(result: .prolonged(until: 0))),
                .prolonged(.never),
                traps: [.neverExpiresAgain]
            ),
            Row(
                simulator.subRefresh(.init(result: .prolonged(until: 1))),
                .unsubscribed(code: 2501),
                .subscribesAgain,
                traps: [.timeInThePast]
            ),
            Row(
                simulator.subRefresh(.init(result: .prolonged(until: Self.now + 9), error: .notFound)),
                .prolonged(.at(Self.now + 9)),
                traps: [.ignoredField]
            ),
            Row(simulator.failure(of: .subRefresh), .keptForAMinute, .staysForAMinute),
        ]
        for row in rows { row.check() }
    }

    @Test("says what becomes of a subscribe")
    func subscribe() {
        let rows = [
            Row(simulator.subscribe(.init()), .subscribed(expires: .never), traps: [.emptyAnswerAllows]),
            Row(
                simulator.subscribe(.init(result: SubscribeResult(expireAt: 1))),
                .error(code: 110, message: "expired"),
                .staysUnsubscribed,
                traps: [.timeInThePast]
            ),
            Row(
                simulator.subscribe(.init(error: .rateLimited)),
                .error(code: 429, message: "rate limited"),
                .subscribesAgain
            ),
            Row(simulator.failure(of: .subscribe), failed, .subscribesAgain),
        ]
        for row in rows { row.check() }
    }

    @Test("says how a stream begins and ends")
    func streams() {
        let accepted = SubscribeResponse(result: SubscribeResult())
        let rows = [
            Row(
                simulator.streamBegins(
                    with: StreamSubscribeResponse(subscribeResponse: accepted, publication: Publication())
                ),
                .subscribed(expires: .never),
                traps: [.droppedPublication]
            ),
            Row(
                simulator.streamBegins(with: StreamSubscribeResponse()),
                failed,
                .subscribesAgain,
                traps: [.noSubscribeResponse]
            ),
            Row(simulator.streamBegins(with: nil), failed, .subscribesAgain),
            Row(
                simulator.streamBegins(with: .init(subscribeResponse: .init(error: .unavailable))),
                .error(code: 503, message: "unavailable"),
                .staysUnsubscribed,
                traps: [.ignoredField]
            ),
            Row(simulator.streamEnds(with: .ok), .unsubscribed(code: 2000), .finished, traps: [.endsForGood]),
            Row(simulator.streamEnds(with: GRPCStatus(.internalError)), .unsubscribed(code: 2500), .subscribesAgain),
        ]
        for row in rows { row.check() }
    }

    @Test("finds the data that counts, by event and encoding")
    func payloads() {
        let both = PublishResult(data: .bytes(Array("1".utf8))).with { $0.b64data = "Mg==" }
        #expect(simulator.publish(.init(result: both)).text == "1")
        #expect(simulator.publish(.init(result: both)).traps == [.ignoredField])
        let call = RPCResult(data: .bytes(Array("1".utf8))).with { $0.b64data = "Mg==" }
        #expect(simulator.rpc(.init(result: call)).text == "2")
        #expect(simulator.rpc(.init(result: RPCResult().with { $0.b64data = "/w==" })).traps == [.notJSON])
        #expect(Simulator(encoding: "binary").rpc(.init(result: RPCResult().with { $0.b64data = "/w==" })).traps == [])
        let json = Simulator(encoding: "binary", protocol: "json")
        #expect(json.rpc(.init(result: RPCResult().with { $0.b64data = "/w==" })).traps == [.notJSON])
        // What others read as well may be read as JSON.
        let protobuf = Simulator(protocol: "protobuf")
        let raw = Payload.bytes([0xFF])
        let subs = ["a": SubscribeOptions(info: raw, data: raw)]
        #expect(protobuf.connect(.init(result: ConnectResult(data: raw, subs: subs))).traps == [.notJSON])
        #expect(protobuf.subscribe(.init(result: SubscribeResult(data: raw))).traps == [])
        #expect(protobuf.subscribe(.init(result: SubscribeResult(info: raw))).traps == [.notJSON])
        #expect(protobuf.publish(.init(result: PublishResult(data: raw))).traps == [.notJSON])
        Row(
            simulator.rpc(.init(result: RPCResult().with { $0.b64data = "?" })),
            failed,
            .reportsFailure,
            traps: [.notBase64]
        ).check()
    }

    @Test("says what becomes of commands and of Centrifugo's own questions")
    func others() {
        let rows = [
            Row(simulator.publish(.init()), .accepted, traps: [.emptyAnswerAllows]),
            Row(simulator.rpc(.init()), .accepted, traps: [.emptyAnswerAllows]),
            Row(simulator.mapRemove(.init()), mapAccepted, .reportsError, traps: [.emptyAnswerAllows]),
            Row(
                simulator.mapPublish(.init(result: MapPublishResult(keyMode: "if_old"))),
                mapAccepted,
                .reportsError,
                traps: [.unknownKeyMode]
            ),
            Row(simulator.failure(of: .rpc), failed, .reportsFailure),
            Row(simulator.sharedPollRefresh(.init()), .nothingChanges),
            Row(simulator.sharedPollRefresh(.init(error: .notFound)), .nothingChanges, .asksAgain),
            Row(simulator.failure(of: .sharedPollRefresh), .nothingChanges, .asksAgain),
            Row(simulator.notifyChannelState(.init()), .accepted),
            Row(simulator.notifyChannelState(.init(error: .notFound)), .nothingChanges, .asksAgain),
            Row(simulator.notifyCacheEmpty(.init()), .recovered(populated: false)),
            Row(simulator.notifyCacheEmpty(.init(result: .init(populated: true))), .recovered(populated: true)),
            Row(simulator.failure(of: .notifyCacheEmpty), failed, .subscribesAgain),
        ]
        for row in rows { row.check() }
    }

    @Test("says it in words")
    func words() {
        let never = simulator.subRefresh(.init(result: .prolonged(until: 0)))
        #expect(never.description.hasPrefix("never expires again\nwarning: expire_at 0 means"))
        #expect("\(simulator.failure(of: .refresh))" == "kept for 60 s; stays for a minute, then it is asked again")
        let anonymous = simulator.connect(.init(result: ConnectResult(data: .bytes([0x31]))))
        #expect("\(anonymous)" == "connected as anonymous, never expires")
    }
}
