using System.Diagnostics;
using System.Globalization;
using Berth.Bench.Options;

namespace Berth.Bench.Rows;

/// <summary>The cost of one first list in a separate process: <c>bench/peers/Clients</c> measures it.</summary>
/// <param name="Wall">The time, in milliseconds.</param>
/// <param name="Cpu">The CPU time, in milliseconds.</param>
/// <param name="Allocated">The bytes that were allocated.</param>
/// <param name="Grown">The bytes by which the process grew.</param>
internal sealed record ListCost(double Wall, double Cpu, double Allocated, double Grown)
{
    /// <exception cref="InvalidOperationException">The process found another number of endpoints, or failed.</exception>
    public static async Task<ListCost> MeasureAsync(BenchOptions options, int endpoints, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo start = new(options.Clients, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string[] fields = (await process.StandardOutput.ReadToEndAsync()).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        double[] numbers = [.. fields.Select(static field => double.Parse(field, CultureInfo.InvariantCulture))];
        return numbers.Length == 5 && numbers[0] == endpoints
            ? new ListCost(numbers[1], numbers[2], numbers[3], numbers[4])
            : throw new InvalidOperationException($"{arguments[0]} said: {string.Join(' ', fields)}");
    }
}
