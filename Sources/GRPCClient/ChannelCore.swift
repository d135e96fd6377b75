import HTTP2Framing
import HTTP2Transport
import NIOCore

/// A channel's calls and its connection, confined to an event loop.
final class ChannelCore {
    private enum State {
        /// Nobody asks for a connection.
        case idle
        case connecting
        case connected(HTTP2ClientConnection)
        /// The last attempt failed, and the next one has to wait.
        case waiting(reason: String)
        case shutDown
    }

    private static let shutDownReason = "the client is shut down"

    let eventLoop: any EventLoop
    private let connector: ClientConnector
    private let configuration: GRPCChannel.Configuration
    private var keepAlive: KeepAlive
    private var state = State.idle
    /// The calls that no connection has; some may be over.
    private var waiting = CircularBuffer<ClientStream>()
    /// The calls that are not over, and the bytes of their requests.
    private var calls = 0
    private var heldBytes = 0
    /// The attempts in a row in which the server said nothing.
    private var failures = 0
    private var nextAttempt: Scheduled<Void>?
    /// The connections that are open: the one for new calls, and those that go away.
    private var connections: [ObjectIdentifier: HTTP2ClientConnection] = [:]
    private var isDialing = false
    private var dialed: ObjectIdentifier?
    private var connectPromise: EventLoopPromise<Void>?
    private let closePromise: EventLoopPromise<Void>

    init(_ connector: ClientConnector, _ configuration: GRPCChannel.Configuration, on eventLoop: any EventLoop) {
        self.connector = connector
        self.configuration = configuration
        self.eventLoop = eventLoop
        keepAlive = configuration.keepAlive
        closePromise = eventLoop.makePromise()
    }

    /// Fulfilled when the last connection is closed after `shutDown(grace:)`.
    var closed: EventLoopFuture<Void> { closePromise.futureResult }

    /// Fulfilled when there is a connection; fails with ``ConnectError``.
    func connected() -> EventLoopFuture<Void> {
        switch state {
        case .shutDown: return eventLoop.makeFailedFuture(ConnectError(Self.shutDownReason))
        case .connected: return eventLoop.makeSucceededVoidFuture()
        case .connecting where !isDialing: return eventLoop.makeSucceededVoidFuture()
        case .idle, .connecting, .waiting: break
        }
        let promise = connectPromise ?? eventLoop.makePromise()
        // Before an attempt that may fail at once.
        connectPromise = promise
        connect()
        return promise.futureResult
    }

    /// Sends a call, at once or when it can be.
    func submit(_ stream: ClientStream) {
        guard !stream.isOver else { return }
        let bytes = stream.heldBytes
        if let refusal = refusal(of: stream) { return stream.tell(refusal) }
        calls += 1
        heldBytes += bytes
        stream.whenOver = { [weak self] in self?.callEnded(bytes) }
        waiting.append(stream)
        advance()
    }

    /// Takes no more calls, and closes when the open ones are over, or after the grace period.
    func shutDown(grace: TimeAmount) {
        guard !isShutDown else { return }
        state = .shutDown
        failWaiting(Self.shutDownReason) { _ in true }
        settle(.failure(ConnectError(Self.shutDownReason)))
        for connection in connections.values { connection.drain() }
        closeIfDone()
        guard !connections.isEmpty || isDialing else { return }
        closed.assumeIsolated().whenComplete { _ in _ = self }
        // This object stays until then.
        eventLoop.assumeIsolated().scheduleTask(in: grace) { self.endAll() }
    }

    private func endAll() {
        for connection in connections.values { connection.end(Self.shutDownReason) }
    }

    // MARK: Calls

    private func refusal(of stream: ClientStream) -> HTTP2Exchange.Answer? {
        switch state {
        case .shutDown: return .lost(Self.shutDownReason)
        case .waiting(let reason) where !stream.waitsForServer: return .lost(reason)
        default: break
        }
        if calls >= configuration.maxCalls { return .refused("\(calls) calls are open or wait for the server") }
        guard heldBytes + stream.heldBytes <= configuration.maxBytes else {
            return .refused("the requests that are open or wait for the server hold \(heldBytes) bytes")
        }
        return nil
    }

    private func callEnded(_ bytes: Int) {
        calls -= 1
        heldBytes -= bytes
        // Calls that ended while they waited must not add up.
        if waiting.count > 2 * calls + 64 { waiting.removeAll { $0.isOver } }
    }

    /// Gives the waiting calls to the connection, or connects.
    private func advance() {
        switch state {
        case .idle: if waiting.contains(where: { !$0.isOver }) { connect() }
        case .connected(let connection):
            while connection.room > 0, let stream = waiting.popFirst() {
                guard !stream.isOver, !connection.open(stream) else { continue }
                waiting.prepend(stream)
                state = .idle
                return advance()
            }
        case .connecting, .waiting, .shutDown: break
        }
    }

    /// Ends the waiting calls to which this applies.
    private func failWaiting(_ reason: String, _ applies: (ClientStream) -> Bool) {
        let all = waiting
        waiting = []
        for stream in all where !stream.isOver {
            if applies(stream) { stream.tell(.lost(reason)) } else { waiting.append(stream) }
        }
    }

    // MARK: Connecting

    private var isConnecting: Bool {
        if case .connecting = state { true } else { false }
    }

    private var isShutDown: Bool {
        if case .shutDown = state { true } else { false }
    }

    private func connect() {
        guard !isDialing, !isShutDown else { return }
        state = .connecting
        isDialing = true
        let (core, keepAlive) = (LoopConfined(self), keepAlive)
        let patience = configuration.greetingTimeout.map { TimeAmount(capping: $0) }
        let channel = connector.connect(on: eventLoop) { isOverTLS in
            let connection = HTTP2ClientConnection(
                isOverTLS: isOverTLS,
                keepAlive: keepAlive,
                greetingTimeout: patience,
                owner: core.value
            )
            core.value.connections[ObjectIdentifier(connection)] = connection
            core.value.dialed = ObjectIdentifier(connection)
            return connection
        }
        channel.assumeIsolated().whenComplete { result in
            self.isDialing = false
            switch result {
            case .success:
                self.settle(.success(()))
                if self.isShutDown { self.endAll() }
            case .failure(let error):
                // Its channel did not take the handler, which nobody will tell that it ended.
                if let dialed = self.dialed { self.connections[dialed] = nil }
                self.failed(ConnectError(error))
            }
            self.dialed = nil
            self.advance()
        }
    }

    /// Takes note that the server cannot be reached, and waits before the next attempt.
    private func failed(_ error: ConnectError) {
        settle(.failure(error))
        guard !isShutDown else { return closeIfDone() }
        failures += 1
        state = .waiting(reason: error.description)
        failWaiting(error.description) { !$0.waitsForServer }
        let delay = configuration.backoff.delay(failures: failures)
        nextAttempt?.cancel()
        nextAttempt = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(capping: delay)) { [weak self] in
            guard let self, case .waiting = state else { return }
            state = .idle
            advance()
        }
    }

    private func settle(_ result: Result<Void, any Error>) {
        connectPromise?.completeWith(result)
        connectPromise = nil
    }

    private func closeIfDone() {
        // Nobody waits for a connection that is being opened: it is closed when it is there.
        if connections.isEmpty { closePromise.succeed() }
    }
}

extension ChannelCore: ClientConnectionOwner {
    func hasRoom(_ connection: HTTP2ClientConnection) {
        if connection.isHeard { failures = 0 }
        switch state {
        case .connecting: state = .connected(connection)
        case .shutDown: return connection.drain()
        default: break
        }
        advance()
    }

    func returned(_ stream: ClientStream, by connection: HTTP2ClientConnection, _ cause: ReturnCause) {
        if cause == .refused { stream.refusals += 1 }
        if stream.refusals > configuration.maxReturns { return stream.tell(.reset(.refusedStream)) }
        guard !isShutDown else { return stream.tell(.lost(Self.shutDownReason)) }
        waiting.append(stream)
        advance()
    }

    func goesAway(_ connection: HTTP2ClientConnection, _ code: HTTP2ErrorCode) {
        // Once for each connection, whatever the server sends.
        guard isCurrent(connection) else { return }
        // gRPC A8: this server wants fewer PINGs.
        if code == .enhanceYourCalm { keepAlive.interval = min(keepAlive.interval * 2, .seconds(7_200)) }
        leave(connection)
    }

    func ended(_ connection: HTTP2ClientConnection, reason: String) {
        connections[ObjectIdentifier(connection)] = nil
        if isShutDown { return closeIfDone() }
        if connection.isHeard {
            leave(connection)
        } else if isCurrent(connection) || (isConnecting && !isDialing) {
            failed(ConnectError(reason))
        }
    }

    /// Gives no more calls to a connection; the next call connects again.
    private func leave(_ connection: HTTP2ClientConnection) {
        guard isCurrent(connection) else { return }
        state = .idle
        advance()
    }

    private func isCurrent(_ connection: HTTP2ClientConnection) -> Bool {
        if case .connected(let current) = state { current === connection } else { false }
    }
}
