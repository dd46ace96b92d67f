namespace Berth.TestKit;

/// <summary>
/// The delays that headers <c>Retry-After</c> ask for. One table for all that read it: Berth, its rooms and Berth.Client. The client in
/// TypeScript has the same rows in <c>client.test.mjs</c>.
/// </summary>
public static class RetryAfterCases
{
    /// <summary>The time at which the rows with a date are true.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The header, or null for none, and the seconds, or null when it asks for no wait.</summary>
    public static IEnumerable<object?[]> WithoutDates { get; } =
    [
        [null, null],
        ["0", 0.0],
        ["7", 7.0],
        ["31536000", 31_536_000.0],
        ["2147483647", 2_147_483_647.0],
        ["2147483648", 2_147_483_648.0],
        ["99999999999", 99_999_999_999.0],
        ["99999999999999999999", TimeSpan.MaxValue.TotalSeconds],
        [new string('9', 400), TimeSpan.MaxValue.TotalSeconds],
        ["-5", null],
        ["1.5", null],
        ["1e3", null],
        ["7, 8", null],
        ["soon", null],
        ["", null],
    ];

    /// <summary>The same, and dates.</summary>
    public static IEnumerable<object?[]> All { get; } =
    [
        .. WithoutDates,
        ["Sun, 22 Nov 2026 12:00:30 GMT", 30.0],
        ["Sun, 22 Nov 2026 11:00:00 GMT", 0.0],
        ["Mon, 22 Nov 2027 12:00:00 GMT", 31_536_000.0],
    ];
}
