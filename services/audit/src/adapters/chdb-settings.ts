const MB = 1024 * 1024

export interface ChdbMemory {
  /** What the engine may allocate for queries, inserts and merges, in bytes. */
  readonly maxServerMemory: number
}

/**
 * The engine's configuration file. Its defaults are for a database server: caches of gigabytes and merges of 150 GB.
 * Here it is a guest on a laptop. Every merge would make statistics of forty columns that no query of ours needs,
 * and every part a file for each stream of each index.
 */
export function chdbConfig({ maxServerMemory }: ChdbMemory): string {
  return `<clickhouse>
  <max_server_memory_usage>${maxServerMemory}</max_server_memory_usage>
  <mark_cache_size>${16 * MB}</mark_cache_size>
  <index_mark_cache_size>${8 * MB}</index_mark_cache_size>
  <index_uncompressed_cache_size>0</index_uncompressed_cache_size>
  <primary_index_cache_size>${8 * MB}</primary_index_cache_size>
  <text_index_tokens_cache_size>${8 * MB}</text_index_tokens_cache_size>
  <text_index_header_cache_size>${8 * MB}</text_index_header_cache_size>
  <text_index_postings_cache_size>${8 * MB}</text_index_postings_cache_size>
  <compiled_expression_cache_size>${8 * MB}</compiled_expression_cache_size>
  <mmap_cache_size>16</mmap_cache_size>
  <background_pool_size>1</background_pool_size>
  <background_merges_mutations_concurrency_ratio>1</background_merges_mutations_concurrency_ratio>
  <background_common_pool_size>1</background_common_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_schedule_pool_size>1</background_schedule_pool_size>
  <max_thread_pool_size>64</max_thread_pool_size>
  <max_thread_pool_free_size>8</max_thread_pool_free_size>
  <max_io_thread_pool_size>8</max_io_thread_pool_size>
  <max_io_thread_pool_free_size>0</max_io_thread_pool_free_size>
  <max_active_parts_loading_thread_pool_size>2</max_active_parts_loading_thread_pool_size>
  <merge_tree>
    <auto_statistics_types></auto_statistics_types>
    <packed_skip_index_max_bytes>${16 * MB}</packed_skip_index_max_bytes>
    <min_bytes_for_wide_part>${64 * MB}</min_bytes_for_wide_part>
    <min_compress_block_size>${MB / 16}</min_compress_block_size>
    <max_compress_block_size>${MB / 4}</max_compress_block_size>
    <vertical_merge_algorithm_min_rows_to_activate>1</vertical_merge_algorithm_min_rows_to_activate>
    <merge_max_block_size>2048</merge_max_block_size>
    <merge_max_block_size_bytes>${4 * MB}</merge_max_block_size_bytes>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`
}
