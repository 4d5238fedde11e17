//! The list of all cases, and the macro that makes tests of them.

/// Makes one `#[tokio::test]` of every case of the contract of object stores.
///
/// The argument is an expression that gives a future of `Option<Arc<dyn ObjectStore>>`; it is
/// evaluated once a case. `None` skips the case, for stores that are not there.
///
/// ```ignore
/// async fn make_store() -> Option<Arc<dyn ObjectStore>> {
///     Some(Arc::new(MemoryObjects::new(Arc::new(SystemClock))))
/// }
///
/// mainstay_services::object_contract_tests!(make_store());
/// ```
#[macro_export]
macro_rules! object_contract_tests {
    (@cases $make_store:expr; $($part:ident { $($case:ident)+ })+) => {
        $(
            mod $part {
                #[allow(unused_imports, reason = "whatever the expression refers to")]
                use super::*;

                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $case() {
                        if let Some(store) = $make_store.await {
                            $crate::objects::contract::$part::$case(store).await;
                        }
                    }
                )+
            }
        )+
    };
    ($make_store:expr) => {
        $crate::object_contract_tests! {
            @cases $make_store;
            buckets {
                making_or_removing_a_bucket_twice_is_no_error
                a_bucket_with_an_object_in_it_is_not_removed
                objects_of_one_bucket_are_not_in_another
            }
            reads {
                what_is_not_there_is_not_found_and_has_no_head
                a_range_gives_just_the_octets_in_it
                a_range_outside_of_the_object_is_refused
                head_tells_how_long_an_object_is
                whoever_reads_goes_on_when_the_object_is_replaced
            }
            writes {
                what_was_written_is_read_back_whole
                an_object_without_octets_is_an_object_too
                a_writer_that_is_dropped_leaves_no_object
                a_writer_that_is_dropped_leaves_the_object_before
                readers_see_the_object_before_or_after_and_no_mixture
                of_twenty_writers_of_one_key_one_wins_whole
                sixty_four_mebibytes_pass_in_small_pieces
                keys_with_odd_characters_stand_for_themselves
                a_copy_outlives_what_it_was_made_of
                copying_what_is_not_there_is_not_found
                removing_an_object_twice_is_no_error
            }
            lists {
                a_list_goes_on_behind_a_key_until_nothing_is_left
                an_empty_bucket_has_an_empty_list
            }
        }
    };
}
