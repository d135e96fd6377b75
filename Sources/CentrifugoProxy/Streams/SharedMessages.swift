import HTTP2Transport

/// The hub messages that wait for the streams of one connection: each is counted once, however many streams wait for
/// it.
///
/// On the connection's event loop.
final class SharedMessages {
    // What each stream stores for a message: an entry in one of the stream's lists, which has room to grow.
    private static let placeSize = 2 * MemoryLayout<BacklogFollower.Held>.stride

    private var charge: MemoryCharge
    private var uses: [UnsafeRawPointer?: Int] = [:]
    private var places = 0
    private var bytes = 0

    init(countedBy account: MemoryAccount) {
        charge = MemoryCharge(0, to: account)
    }

    /// A stream starts to keep a message.
    func add(_ message: [UInt8]) {
        let key = Self.key(of: message)
        let before = uses[key, default: 0]
        uses[key] = before + 1
        if before == 0 { bytes += message.capacity }
        recount(places: places + 1)
    }

    /// A stream stops keeping a message that was added for it.
    func remove(_ message: [UInt8]) {
        let key = Self.key(of: message)
        guard let before = uses[key] else { return }
        uses[key] = before > 1 ? before - 1 : nil
        if before == 1 { bytes -= message.capacity }
        recount(places: places - 1)
    }

    private func recount(places: Int) {
        self.places = places
        charge.change(to: bytes + places * Self.placeSize)
    }

    /// The address of the bytes, which all copies of the message share.
    private static func key(of message: [UInt8]) -> UnsafeRawPointer? {
        message.withUnsafeBytes { $0.baseAddress }
    }
}
