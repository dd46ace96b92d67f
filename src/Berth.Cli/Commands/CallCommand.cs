using System.CommandLine;
using Berth.Cli.Call;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;

namespace Berth.Cli.Commands;

/// <summary><c>berth call URL [TEXT]</c>: a client that asks service A and talks to service B.</summary>
internal static class CallCommand
{
    public static Command Create(ProgramHost host)
    {
        Argument<string?> url = new("URL")
        {
            Description = "The address of service A, such as http://127.0.0.1:8000.",
            Arity = ArgumentArity.ExactlyOne,
        };
        Argument<string?> text = new("TEXT")
        {
            Description = "The text to send to service B. Default hello.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        ExampleCommand command = new(
            "call",
            "Asks service A for an address, connects to that pod of service B, sends TEXT, and shows the answer and both times.",
            "berth call http://127.0.0.1:8000",
            "berth call http://127.0.0.1:8000 'good morning' --count 3",
            "berth call 'http://127.0.0.1:8000/?key=room-7' -o json",
            "berth call http://127.0.0.1:8000 --seat k8s-example2/service-b")
        {
            url, text,
        };
        return command.Runs(host, CallSettings.All, reader => RunAsync(reader, host, reader.GetArgument(url), reader.GetArgument(text)));
    }

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host, string? url, string? text)
    {
        TimeSpan timeout = reader.Get(CallSettings.Timeout);
        int count = reader.Get(CallSettings.Count);
        ServiceTarget? seat = reader.Get(CallSettings.Seat);
        OutputFormat format = reader.Get(CommonSettings.Output);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            reader.Fault($"'{url}' is not the address of service A. Write it as in http://127.0.0.1:8000.");
        reader.ThrowIfFaulty();
        using StopSignal stop = new();
        if (seat is { } target)
            return await CallWithSeatsAsync(new SeatCaller(address!, target, timeout, host.Time), count).ConfigureAwait(false);
        using ServiceAClient serviceA = new(address!);
        Caller caller = new(serviceA, address!, timeout, host.Time);
        for (int i = 0; i < count; i++)
        {
            CallResult result = await caller.CallAsync(text ?? "hello", stop.Token).ConfigureAwait(false);
            Write(result);
        }

        return ExitCode.Ok;

        async Task<int> CallWithSeatsAsync(SeatCaller seats, int calls)
        {
            using (seats)
            {
                for (int i = 0; i < calls; i++)
                    Write(await seats.CallAsync(text ?? "hello", stop.Token).ConfigureAwait(false));
            }

            return ExitCode.Ok;
        }

        void Write(CallResult result) =>
            host.Out.WriteLine(format == OutputFormat.Json ? JsonText.Write(result.WriteTo, indented: false) : result.ToText());
    }
}
