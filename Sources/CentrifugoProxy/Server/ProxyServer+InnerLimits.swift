import GRPCCall
import HTTP2Framing
import HTTP2Transport

// The public limits, in the form that each layer needs.

extension HTTP2Settings {
    init(_ limits: ProxyServer.Limits) {
        self.init()
        maxHeaderList = UInt32(clamping: limits.maxHeaderListSize)
        maxConcurrentStreams = UInt32(clamping: limits.maxConcurrentStreams)
        maxMemory = limits.maxConnectionMemory
        maxUnsent = limits.maxUnsentSize
        maxUndecidedStreams = limits.maxUndecidedStreams
        maxQuickResets = UInt32(clamping: limits.maxQuickResets)
        maxControlFrames = UInt32(clamping: limits.maxControlFrames)
        highWater = limits.streamBufferSize
        maxBody = limits.maxRequestSize + LengthPrefix.byteCount
    }
}

extension ConnectionLimits {
    init(_ limits: ProxyServer.Limits) {
        self.init()
        maxConnections = limits.maxConnections
        handshakeTimeout = limits.handshakeTimeout
        idleTimeout = limits.idleTimeout
        keepaliveInterval = limits.keepaliveInterval
        keepaliveTimeout = limits.keepaliveTimeout
        unreadTimeout = limits.unreadTimeout
        maxAge = limits.maxConnectionAge
        drainGrace = limits.gracePeriod
    }
}

extension ServiceLoop.Limits {
    init(_ limits: ProxyServer.Limits, compressesAnswers: Bool) {
        self.init(
            request: limits.maxRequestSize,
            answer: limits.maxAnswerSize,
            elements: limits.maxMessageElements,
            abandonedCalls: limits.maxAbandonedCalls,
            compressesAnswers: compressesAnswers,
            requestTimeout: UInt64(clamping: limits.requestTimeout.nanoseconds),
            firstMessageTimeout: UInt64(clamping: limits.firstMessageTimeout.nanoseconds),
            streamDrainWindow: UInt64(clamping: limits.streamDrainWindow.nanoseconds),
            builtInStreams: limits.maxBuiltInStreams
        )
    }
}
