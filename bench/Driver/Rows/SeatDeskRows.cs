using System.Diagnostics;
using System.Security.Cryptography;
using Berth.Bench.Report;
using Berth.Seats;
using Berth.Seats.Books;

namespace Berth.Bench.Rows;

/// <summary>A desk in this process: the time of a redemption, and the memory of its seats.</summary>
internal static class SeatDeskRows
{
    private const int Redemptions = 50_000;
    private const int Seats = 10_000;

    public static IEnumerable<Row> Measure(string folder)
    {
        string keys = Path.Combine(folder, "desk-keys");
        File.WriteAllText(keys, $"one={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}\n");
        double time = 0;
        // In the first rounds the JIT compiler optimises.
        for (int round = 0; round < 4; round++)
            time = TimeRedemptions(keys);
        long memory = MeasureMemory(keys);
        return
        [
            new Row("seats: redemption in the process", "< 5 us", Figures.Microseconds(time), "", "", time < 5),
            new Row("  a desk with 10,000 reserved seats", "< 4 MB", Figures.Megabytes(memory), "", "", memory < 4_000_000),
        ];
    }

    private static double TimeRedemptions(string keys)
    {
        using SeatDesk desk = Create(keys, Redemptions);
        string[] tickets = [.. Enumerable.Range(0, Redemptions).Select(_ => Reserve(desk, null))];
        long began = Stopwatch.GetTimestamp();
        foreach (string ticket in tickets)
        {
            if (!desk.TryRedeem(ticket, out _, out SeatRefusal refusal))
                throw new InvalidOperationException($"A ticket was refused: {refusal}.");
        }

        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / Redemptions;
    }

    private static long MeasureMemory(string keys)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using SeatDesk desk = Create(keys, Seats);
        for (int i = 0; i < Seats; i++)
            Reserve(desk, "room-7");
        long after = GC.GetTotalMemory(forceFullCollection: true);
        return desk.State.Reserved == Seats ? after - before : throw new InvalidOperationException($"{desk}");
    }

    private static SeatDesk Create(string keys, int capacity) => new(new SeatDeskOptions
    {
        Pod = PodIdentity.FromEnvironment(static name => name == PodIdentity.NameVariable ? "lobby-0" : "games"),
        Capacity = capacity,
        KeyFile = keys,
    });

    private static string Reserve(SeatDesk desk, string? key) =>
        desk.Reserve(new SeatRequest(1, TimeSpan.FromMinutes(5), key, (UInt128)Random.Shared.NextInt64() | 1)).Ticket
            ?? throw new InvalidOperationException($"{desk}");
}
