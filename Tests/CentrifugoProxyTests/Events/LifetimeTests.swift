import Foundation
import Testing

@testable import CentrifugoProxy

@Suite struct LifetimeTests {
    private static let second: Int64 = 1_000_000_000

    @Test(
        "ends at a whole second that is not too early",
        arguments: [
            (.seconds(60), 10 * second, 70), (.seconds(60), 10 * second + 1, 71),
            (.milliseconds(1_500), 10 * second, 12),
            (.milliseconds(1_500), 10 * second + 500_000_000, 12), (.zero, 10 * second, 11),
            (.seconds(-5), 10 * second, 11), (.seconds(Int64.max), 10 * second, 10 + 10 * 365 * 86_400),
        ] as [(Duration, Int64, Int64)]
    )
    func end(time: Duration, now: Int64, end: Int64) {
        #expect(time.endInUnixSeconds(from: now) == end)
    }

    @Test("is counted from now")
    func results() {
        let now = Int64(Date().timeIntervalSince1970)
        let info = Payload.text("a")
        let (connection, subscription) = (
            RefreshResult.prolonged(for: .seconds(100), info: info),
            SubRefreshResult.prolonged(for: .seconds(100))
        )
        #expect((now + 100...now + 200).contains(connection.expireAt) && connection.info == info)
        #expect((now + 100...now + 200).contains(subscription.expireAt) && !subscription.expired)

        let times = [
            ConnectResult(user: "a").expiring(in: .seconds(100)).expireAt,
            SubscribeResult().expiring(in: .seconds(100)).expireAt,
            SubscribeOptions().expiring(in: .seconds(100)).expireAt,
        ]
        #expect(times.allSatisfy { (now + 100...now + 200).contains($0) })
        #expect(ConnectResult(user: "a").expiring(in: .zero).user == "a")
    }
}
