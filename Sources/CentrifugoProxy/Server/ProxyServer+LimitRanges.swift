extension ProxyServer.Limits {
    /// One of the limits: its name, its property and its range.
    package struct Entry: Sendable {
        /// The property of a limit, and the values that the server accepts.
        package enum Place: Sendable {
            /// A number of bytes.
            case size(any WritableKeyPath<ProxyServer.Limits, Int> & Sendable, ClosedRange<Int>)
            case count(any WritableKeyPath<ProxyServer.Limits, Int> & Sendable, ClosedRange<Int>)
            case time(any WritableKeyPath<ProxyServer.Limits, Duration> & Sendable, ClosedRange<Duration>)
            /// A time; nil switches the limit off.
            case optionalTime(any WritableKeyPath<ProxyServer.Limits, Duration?> & Sendable, ClosedRange<Duration>)
        }

        /// The property's name.
        package let name: String
        package let place: Place

        init(_ name: String, _ place: Place) {
            self.name = name
            self.place = place
        }
    }

    /// The largest header list that can be allowed, in bytes: the most that HPACK's decoder accepts for one field.
    package static let largestHeaderList = 65_536

    // gRPC's message prefix has 32 bits for the length.
    private static let message = 1...Int(UInt32.max)
    private static let memory = 1...1 << 40
    private static let number = 1...Int(Int32.max)
    // Zero is allowed, too.
    private static let numberOrNone = 0...Int(Int32.max)
    private static let longest = Duration.seconds(3_650 * 86_400)
    private static let time = Duration.milliseconds(1)...longest
    // Zero means at once.
    private static let timeOrNone = Duration.zero...longest
    // A PING is sent each time that it passes.
    private static let question = Duration.milliseconds(10)...longest

    /// All limits.
    package static let all = [
        Entry("maxRequestSize", .size(\.maxRequestSize, message)),
        Entry("maxAnswerSize", .size(\.maxAnswerSize, message)),
        Entry("maxMessageElements", .count(\.maxMessageElements, number)),
        Entry("maxHeaderListSize", .size(\.maxHeaderListSize, 1...largestHeaderList)),
        Entry("maxConcurrentStreams", .count(\.maxConcurrentStreams, number)),
        Entry("maxUndecidedStreams", .count(\.maxUndecidedStreams, number)),
        Entry("maxConcurrentCalls", .count(\.maxConcurrentCalls, numberOrNone)),
        Entry("maxAbandonedCalls", .count(\.maxAbandonedCalls, numberOrNone)),
        Entry("maxBuiltInStreams", .count(\.maxBuiltInStreams, numberOrNone)),
        Entry("requestTimeout", .time(\.requestTimeout, time)),
        Entry("firstMessageTimeout", .time(\.firstMessageTimeout, time)),
        Entry("streamBufferSize", .size(\.streamBufferSize, memory)),
        Entry("maxConnectionMemory", .size(\.maxConnectionMemory, memory)),
        Entry("maxUnsentSize", .size(\.maxUnsentSize, memory)),
        Entry("maxQuickResets", .count(\.maxQuickResets, numberOrNone)),
        Entry("maxControlFrames", .count(\.maxControlFrames, numberOrNone)),
        Entry("maxConnections", .count(\.maxConnections, number)),
        Entry("handshakeTimeout", .time(\.handshakeTimeout, time)),
        Entry("idleTimeout", .time(\.idleTimeout, time)),
        Entry("keepaliveInterval", .time(\.keepaliveInterval, question)),
        Entry("keepaliveTimeout", .time(\.keepaliveTimeout, time)),
        Entry("unreadTimeout", .time(\.unreadTimeout, time)),
        Entry("maxConnectionAge", .optionalTime(\.maxConnectionAge, time)),
        Entry("drainDelay", .time(\.drainDelay, timeOrNone)),
        Entry("gracePeriod", .time(\.gracePeriod, timeOrNone)),
        Entry("streamDrainWindow", .time(\.streamDrainWindow, timeOrNone)),
    ]

    /// Throws if a limit is out of its range.
    func check() throws(ProxyServerError) {
        for entry in Self.all {
            guard let mistake = entry.mistake(in: self) else { continue }
            throw ProxyServerError(.invalidConfiguration, "limits.\(entry.name) \(mistake).")
        }
    }
}

extension ProxyServer.Limits.Entry {
    /// What is wrong with the limit, as the end of a sentence; nil when it is within its range.
    fileprivate func mistake(in limits: ProxyServer.Limits) -> String? {
        switch place {
        case .size(let path, let range), .count(let path, let range):
            guard !range.contains(limits[keyPath: path]) else { return nil }
            return "is \(limits[keyPath: path]); set it from \(range.lowerBound) to \(range.upperBound)"
        case .time(let path, let range):
            return mistake(limits[keyPath: path], range)
        case .optionalTime(let path, let range):
            return limits[keyPath: path].flatMap { mistake($0, range) }.map { "\($0), or to nil" }
        }
    }

    private func mistake(_ time: Duration, _ range: ClosedRange<Duration>) -> String? {
        range.contains(time) ? nil : "is \(time); set it from \(range.lowerBound) to \(range.upperBound)"
    }
}
