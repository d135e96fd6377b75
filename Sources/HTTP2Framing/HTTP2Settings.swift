internal import CNghttp2

/// What a session announces in its first SETTINGS frame, and the limits that it enforces.
///
/// Windows and sizes are in bytes.
package struct HTTP2Settings: Sendable {
    /// SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 §6.5.2).
    package var maxConcurrentStreams: UInt32 = 1_000_000
    /// A stream's receive window, SETTINGS_INITIAL_WINDOW_SIZE.
    package var streamWindow: UInt32 = 256 * 1024
    /// The connection's receive window.
    package var connectionWindow: UInt32 = 4 * 1024 * 1024
    /// SETTINGS_MAX_HEADER_LIST_SIZE: name, value and 32 bytes for each field.
    package var maxHeaderList: UInt32 = 64 * 1024
    /// How many streams may be open without any answer; above that, new ones are refused.
    package var maxUndecidedStreams = 50_000
    /// The most bytes of a unary request's body, including gRPC's prefix.
    package var maxBody = 4 * 1024 * 1024 + 5
    /// The number of unsent bytes of a streaming answer above which its producer has to wait.
    package var highWater = 64 * 1024
    /// How many streams may be reset within `quickResetAge` of their opening, in one second.
    package var maxQuickResets: UInt32 = 1_000
    /// The age, in nanoseconds, below which a reset counts as quick.
    package var quickResetAge: UInt64 = 10_000_000
    /// The most memory that a server's connection may hold; above it, the connection ends with ENHANCE_YOUR_CALM.
    ///
    /// Above three quarters of it new streams are refused, so that idle streams alone do not end their connection.
    package var maxMemory = 256 * 1024 * 1024
    /// The most unsent bytes of all answers of a connection; above it, new streams are refused and writers have to
    /// wait.
    package var maxUnsent = 64 * 1024 * 1024
    /// How many frames without data, such as PING, a peer may send in one second.
    package var maxControlFrames: UInt32 = 10_000
    /// How many WINDOW_UPDATE frames, beyond one for each sent DATA frame and opened stream, a peer may send in one
    /// second.
    package var maxWindowUpdates: UInt32 = 50_000

    package init() {}

    var cSettings: cnghttp2_settings {
        cnghttp2_settings(
            max_concurrent_streams: maxConcurrentStreams,
            stream_window: streamWindow,
            connection_window: connectionWindow,
            max_header_list: maxHeaderList,
            max_undecided_streams: maxUndecidedStreams,
            max_body: maxBody,
            high_water: highWater,
            max_quick_resets: maxQuickResets,
            reset_age_ns: quickResetAge,
            max_memory: maxMemory,
            max_unsent: maxUnsent,
            max_control_frames: maxControlFrames,
            max_window_updates: maxWindowUpdates
        )
    }
}
