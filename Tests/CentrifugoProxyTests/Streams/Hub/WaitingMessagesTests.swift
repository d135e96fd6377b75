import HTTP2FrameKit
import HTTP2Transport
import Testing

@testable import CentrifugoProxy

@Suite struct WaitingMessagesTests {
    /// One operation on a queue.
    enum Action: Sendable, Equatable, CustomTestStringConvertible {
        case append(UInt8)
        case take(UInt8?)
        case drop

        var testDescription: String {
            switch self {
            case .append(let byte): "+\(byte)"
            case .take(let byte): "-\(byte.map(String.init) ?? "nil")"
            case .drop: "x"
            }
        }
    }

    private static let tables: [([Action], left: [UInt8])] = [
        ([], []),
        ([.take(nil), .take(nil)], []),
        ([.append(1), .take(1), .take(nil)], []),
        ([.append(1), .append(2), .append(3), .take(1), .take(2), .take(3), .take(nil)], []),
        ([.append(1), .append(2), .take(1), .append(3), .take(2), .append(4)], [3, 4]),
        ([.append(1), .append(2), .append(3), .append(4), .append(5), .take(1), .take(2), .append(6)], [3, 4, 5, 6]),
        ([.append(1), .drop, .take(nil), .append(2), .take(2)], []),
        ([.append(1), .append(2), .append(3), .drop, .append(4), .drop, .append(5)], [3, 4, 5]),
    ]

    private static func check(_ actions: [Action]) -> [UInt8] {
        let account = MemoryAccount()
        let shared = SharedMessages(countedBy: account)
        var waiting = WaitingMessages()
        var model: [UInt8] = []
        for action in actions {
            switch action {
            case .append(let byte):
                waiting.append([byte], to: shared)
                model.append(byte)
            case .take(let byte):
                #expect(waiting.removeFirst(of: shared) == byte.map { [$0] })
                if !model.isEmpty { model.removeFirst() }
            case .drop:
                _ = waiting.removeFirst(of: shared)
                model.removeFirst()
            }
            #expect(waiting.count == model.count)
            #expect(waiting.isEmpty == model.isEmpty)
            #expect((account.bytes > 0) == !model.isEmpty)
        }
        var left: [UInt8] = []
        while let message = waiting.removeFirst(of: shared) { left += message }
        return left
    }

    @Test("returns messages in their order", arguments: tables.indices)
    func order(index: Int) {
        let (actions, left) = Self.tables[index]
        #expect(Self.check(actions) == left)
    }

    @Test("behaves like an array in any sequence of operations")
    func model() {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SplitMix(state: seed)
        for _ in 0..<200 {
            var model: [UInt8] = []
            var actions: [Action] = []
            // Growing more often than shrinking, or the reverse, so that both long and empty queues occur.
            let growth = Int.random(in: 1...9, using: &generator)
            for _ in 0..<Int.random(in: 1...300, using: &generator) {
                if Int.random(in: 0..<10, using: &generator) < growth {
                    let byte = UInt8.random(in: .min ... .max, using: &generator)
                    actions.append(.append(byte))
                    model.append(byte)
                } else if Bool.random(using: &generator), !model.isEmpty {
                    actions.append(.drop)
                    model.removeFirst()
                } else {
                    actions.append(.take(model.first))
                    if !model.isEmpty { model.removeFirst() }
                }
            }
            let left = Self.check(actions)
            #expect(left == model, "seed \(seed)")
            guard left == model else { return }
        }
    }
}
