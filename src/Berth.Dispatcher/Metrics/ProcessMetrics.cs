using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Berth.Dispatcher.Metrics;

/// <summary>Metrics of this process from the runtime, under the names that the official Prometheus clients use.</summary>
internal static class ProcessMetrics
{
    private static readonly Lazy<double> s_started = new(ReadStart);

    public static void WriteTo(StringBuilder text)
    {
        Write(text, "process_start_time_seconds", "gauge", "Start of the process, seconds since 1970.", s_started.Value);
        if (!OperatingSystem.IsIOS() && !OperatingSystem.IsTvOS() && !OperatingSystem.IsBrowser())
            Write(
                text, "process_cpu_seconds_total", "counter", "CPU time of the process, user and system.",
                Environment.CpuUsage.TotalTime.TotalSeconds);
        Write(text, "process_resident_memory_bytes", "gauge", "Resident memory of the process.", Environment.WorkingSet);
        Write(text, "dotnet_gc_heap_bytes", "gauge", "Size of the managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        Write(text, "dotnet_gc_collections_total", "counter", "Garbage collections of any generation.", GC.CollectionCount(0));
        Write(text, "dotnet_thread_pool_thread_count", "gauge", "Threads of the thread pool.", ThreadPool.ThreadCount);
    }

    private static void Write(StringBuilder text, string name, string type, string help, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {PrometheusName.Value(value)}\n");

    private static double ReadStart()
    {
        using Process process = Process.GetCurrentProcess();
        return (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }
}
