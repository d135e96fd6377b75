import Foundation

/// How long messages took, in nanoseconds each, by what was done with them and by whose codec.
struct Timings {
    /// Whose codec it is.
    enum Codec {
        case own
        case peer
    }

    /// The messages of one timing.
    let messages: Int
    /// Each kind of work with the timings of both codecs, in the order in which they came first.
    private var rows: [(work: String, own: [Double], peer: [Double])] = []

    init(messages: Int) {
        self.messages = messages
    }

    /// Times one codec.
    ///
    /// What the work returns is looked at, so that the compiler cannot leave the work out.
    mutating func time(_ work: String, _ codec: Codec, _ run: (Int) throws -> Int) rethrows {
        let start = ContinuousClock.now
        let result = try run(messages)
        let nanoseconds = start.duration(to: .now) / .nanoseconds(1) / Double(messages)
        precondition(result >= messages, "every message has some bytes")
        var index = rows.firstIndex { $0.work == work } ?? rows.endIndex
        if index == rows.endIndex {
            rows.append((work, [], []))
            index = rows.endIndex - 1
        }
        switch codec {
        case .own: rows[index].own.append(nanoseconds)
        case .peer: rows[index].peer.append(nanoseconds)
        }
    }

    /// The medians, as a table in Markdown.
    var table: String {
        let head = "| codec | this library, ns | SwiftProtobuf, ns | ratio |\n|---|--:|--:|--:|\n"
        return rows.reduce(into: head) { text, row in
            let (own, peer) = (median(row.own), median(row.peer))
            text += String(format: "| %@ | %.0f | %.0f | %.2f |\n", row.work, own, peer, own / peer)
        }
    }

    private func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}
